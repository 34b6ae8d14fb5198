import type { Tx } from '@budget-buddy/platform';
import { sql } from 'kysely';

/** @returns for each id the chain that its budget is in; undefined where there is no such budget. */
export async function chainsOf(tx: Tx, budgetIds: readonly string[]): Promise<(string | undefined)[]> {
  const { rows } = await sql<{ id: string; chain_id: string }>`
    select id, chain_id from budgets.budget where id = any(${budgetIds}::uuid[])`.execute(tx);
  const chains = new Map(rows.map(({ id, chain_id }) => [id, chain_id]));
  return budgetIds.map((id) => chains.get(id));
}
