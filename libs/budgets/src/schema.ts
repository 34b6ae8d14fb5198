import { eventMigrations } from '@budget-buddy/events';
import type { NamedMigration } from '@budget-buddy/platform';
import { taskMigrations } from '@budget-buddy/tasks';
import { budgetMigrations } from './store/migrations';

/** The whole database of this system, lib by lib; each lib's tables are in a PostgreSQL schema of its own. */
export const schema: readonly NamedMigration[] = [...eventMigrations, ...taskMigrations, ...budgetMigrations];
