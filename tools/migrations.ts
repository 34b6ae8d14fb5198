import { budgetMigrations } from '@budget-buddy/budgets';
import { eventMigrations } from '@budget-buddy/events';
import type { NamedMigration } from '@budget-buddy/platform';
import { taskMigrations } from '@budget-buddy/tasks';

/** The whole schema, whichever lib a part of it belongs to. */
export const allMigrations: readonly NamedMigration[] = [...eventMigrations, ...taskMigrations, ...budgetMigrations];
