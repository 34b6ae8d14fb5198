import type { Tx } from '@budget-buddy/platform';
import { sql } from 'kysely';
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
  const { rows } = await sql<{ id: string; renewed_by: string | null; deactivated_at: Temporal.Instant | null }>`
    select id::text, deactivated_at,
      (select successor.id from budgets.budget as successor where successor.renewal_of = asked.id) as renewed_by
    from unnest(${budgetIds}::uuid[]) as asked (id)
    left join budgets.deactivation on budget_id = asked.id`.execute(tx);
  const reasons = new Map(rows.map((row) => [row.id, reasonOf(row.renewed_by, row.deactivated_at)]));
  return budgetIds.map((id) => reasons.get(id));
}

function reasonOf(renewedBy: string | null, deactivatedAt: Temporal.Instant | null): string | undefined {
  if (renewedBy) return `renewed by ${renewedBy}`;
  return deactivatedAt ? `deactivated on ${deactivatedAt.toString()}` : undefined;
}
