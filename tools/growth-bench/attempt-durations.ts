import type { Database } from '@budget-buddy/platform';
import { sql } from 'kysely';
import type { Sample } from '../bench/row';

/** How many quantiles of the durations are kept, from the shortest to the longest. */
export const QUANTILES = 41;

/** How long attempts took, as the ledger's history has it: `service0` (the shortest) to `service40`, in ms. */
export async function attemptQuantiles({ db }: Database): Promise<Sample> {
  const shares = Array.from({ length: QUANTILES }, (_, index) => index / (QUANTILES - 1));
  const { rows } = await sql<{ ms: number[] }>`
    select percentile_cont(${shares}::float8[]) within group (order by
      extract(epoch from (entry->>'finishedAt')::timestamptz - (entry->>'startedAt')::timestamptz) * 1000) as ms
    from tasks.task, jsonb_array_elements(history) as entry where entry->>'outcome' = 'succeeded'`.execute(db);
  return Object.fromEntries(rows[0]!.ms.map((ms, index) => [`service${index}`, ms]));
}
