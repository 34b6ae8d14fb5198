import type { Database } from '@budget-buddy/platform';
import { sql } from 'kysely';
import type { TaskRecord } from '@budget-buddy/tasks';

/** What is different in a copy of a task. */
export interface TaskCopy {
  readonly key: string;
  readonly payload: object;
  readonly dueAtMs: number;
  readonly queue: string;
}

/** Rows a statement. */
const CHUNK = 5_000;

/**
 * Puts many tasks into the ledger: copies of one that the product itself has scheduled, so that a row is whatever the
 * product makes of a task. Their timers are not set.
 */
export async function copyTask(database: Database, template: string, copies: readonly TaskCopy[]): Promise<void> {
  const now = new Date().toISOString();
  for (let start = 0; start < copies.length; start += CHUNK) {
    const rows = copies.slice(start, start + CHUNK).map(({ dueAtMs, ...copy }) => {
      const due = new Date(dueAtMs).toISOString();
      return { ...copy, eta: due, due_at: due, created_at: now, updated_at: now };
    });
    await sql`
      insert into tasks.task
      select (jsonb_populate_record(null::tasks.task, ${template}::jsonb || copy)).*
      from jsonb_array_elements(${JSON.stringify(rows)}::jsonb) as copy`.execute(database.db);
  }
}

/** A task's row as {@link copyTask} takes it. The row is removed. */
export async function takeTemplate(database: Database, { key }: Pick<TaskRecord, 'key'>): Promise<string> {
  const { rows } = await sql<{ row: string }>`
    delete from tasks.task as task where key = ${key} returning to_jsonb(task)::text as row`.execute(database.db);
  if (!rows[0]) throw new Error(`the ledger has no task ${key}`);
  return rows[0].row;
}
