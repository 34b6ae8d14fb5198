import type { Migration } from 'kysely';

/**
 * One step of the schema, forward and back. Names sort by date first, then by lib and number, for they run in the
 * order of their names whichever lib they come from: `2026-11-22-tasks-1-ledger`.
 */
export interface NamedMigration {
  name: string;
  migration: Migration;
}
