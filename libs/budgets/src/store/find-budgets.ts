import type { Tx } from '@budget-buddy/platform';
import { type Selectable, sql } from 'kysely';
import type { Budget } from '../budget';
import { fromRow } from './budget-row';
import type { BudgetTable } from './budget-table';
import { UnreadableBudgetError } from './unreadable-budget-error';

/** @returns for each id its budget; undefined where there is none; what is wrong with one is for who asked for it. */
export async function findBudgets(
  tx: Tx,
  ids: readonly string[],
): Promise<(Budget | UnreadableBudgetError | undefined)[]> {
  const rows = await tx
    .selectFrom('budgets.budget')
    .selectAll()
    .where(sql<boolean>`id = any(${ids}::uuid[])`)
    .execute();
  const budgets = new Map(rows.map((row) => [row.id, read(row)]));
  return ids.map((id) => budgets.get(id));
}

function read(row: Selectable<BudgetTable>): Budget | UnreadableBudgetError {
  try {
    return fromRow(row);
  } catch (error) {
    return new UnreadableBudgetError(row.id, error);
  }
}
