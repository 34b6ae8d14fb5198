import type { Tx } from '@budget-buddy/platform';
import { type RawBuilder, sql } from 'kysely';
import type { Temporal } from 'temporal-polyfill';

/** @returns for each id the id of the budget that renews it. */
export async function successorsOf(tx: Tx, budgetIds: readonly string[]): Promise<(string | undefined)[]> {
  const { rows } = await sql<{ id: string; renewal_of: string }>`
    select id, renewal_of from budgets.budget where renewal_of = any(${budgetIds}::uuid[])`.execute(tx);
  const successors = new Map(rows.map(({ id, renewal_of }) => [renewal_of, id]));
  return budgetIds.map((id) => successors.get(id));
}

/** @returns for each id why its budget is not to be renewed, if that is so. */
export async function reasonsNotToRenew(tx: Tx, budgetIds: readonly string[]): Promise<(string | undefined)[]> {
  const { rows } = await sql<Hindrances>`
    select ${hindrances('asked.id')} from unnest(${budgetIds}::uuid[]) as asked (id)`.execute(tx);
  const reasons = new Map(rows.map((row) => [row.id, reasonOf(row)]));
  return budgetIds.map((id) => reasons.get(id));
}

/** What stands against the renewal of the budget of this id. */
export interface Hindrances {
  readonly id: string;
  readonly renewed_by: string | null;
  readonly deactivated_at: Temporal.Instant | null;
}

/** The columns of {@link Hindrances}. @param id the column that has the budget's id. */
export function hindrances(id: `${string}.id`): RawBuilder<Hindrances> {
  const budgetId = sql.ref(id);
  return sql`${budgetId}::text as id,
    (select successor.id from budgets.budget as successor where successor.renewal_of = ${budgetId}) as renewed_by,
    (select deactivated_at from budgets.deactivation where budget_id = ${budgetId}) as deactivated_at`;
}

/** In words for the ledger. */
export function reasonOf({ renewed_by: renewedBy, deactivated_at: deactivatedAt }: Hindrances): string | undefined {
  if (renewedBy) return `renewed by ${renewedBy}`;
  return deactivatedAt ? `deactivated on ${deactivatedAt.toString()}` : undefined;
}
