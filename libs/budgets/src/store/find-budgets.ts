import type { Tx } from '@budget-buddy/platform';
import { sql } from 'kysely';
import type { Budget } from '../budget';
import { fromRow } from './budget-row';

/** @returns for each id its budget; undefined where there is none. */
export async function findBudgets(tx: Tx, ids: readonly string[]): Promise<(Budget | undefined)[]> {
  const rows = await tx
    .selectFrom('budgets.budget')
    .selectAll()
    .where(sql<boolean>`id = any(${ids}::uuid[])`)
    .execute();
  const budgets = new Map(rows.map((row) => [row.id, fromRow(row)]));
  return ids.map((id) => budgets.get(id));
}
