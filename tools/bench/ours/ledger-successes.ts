import type { Database } from '@budget-buddy/platform';
import { sql } from 'kysely';
import type { TaskRun } from '../run-log';
import { numberOf } from '../task-ids';

/** Each success in the ledger's history, when it was settled: in its transaction, just before the commit. */
export async function successes({ db }: Database): Promise<TaskRun[]> {
  const { rows } = await sql<{ budgetId: string; at: string }>`
    select payload->>'budgetId' as "budgetId", entry->>'finishedAt' as at
    from tasks.task, jsonb_array_elements(history) as entry where entry->>'outcome' = 'succeeded'`.execute(db);
  return rows.map(({ budgetId, at }) => ({ number: numberOf(budgetId), atMs: Date.parse(at) }));
}

/** @throws Error unless the ledger has so many tasks, and each of them has succeeded at its first attempt. */
export async function expectSuccesses({ db }: Database, expected: number): Promise<void> {
  const { rows } = await sql<{ once: number; total: number }>`
    select count(*)::int as total,
      count(*) filter (where status = 'succeeded' and jsonb_array_length(history) = 1)::int as once
    from tasks.task`.execute(db);
  const { once, total } = rows[0]!;
  if (once === expected && total === expected) return;
  throw new Error(`the ledger has ${total} tasks, ${once} of them done with one attempt, expected ${expected}`);
}
