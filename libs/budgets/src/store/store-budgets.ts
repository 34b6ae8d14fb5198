import type { Tx } from '@budget-buddy/platform';
import { type RawBuilder, sql } from 'kysely';
import type { Budget } from '../budget';
import { toRow } from './budget-row';
import { hindrances, reasonOf, type Hindrances } from './renewability';

/** A budget that had no row before. Nobody else can see it before this is committed, so nobody can change what this says. */
export interface NewBudget {
  /** Why it is not to be renewed, if that is known already. */
  readonly reasonNotToRenew: string | undefined;
}

/** Stores each budget, over what was stored under its id. No two may have the same. */
export async function saveBudgets(tx: Tx, budgets: readonly Budget[]): Promise<void[]> {
  await sql`
    insert into budgets.budget ${rowsOf(budgets)}
    on conflict (id) do update set (
      user_id, name, total_limit, currency, categories, strategy, anchor_day, anchor_month, anchor_time, time_zone,
      starts_at, ends_at, renewal_of, chain_id, as_of
    ) = row (
      excluded.user_id, excluded.name, excluded.total_limit, excluded.currency, excluded.categories, excluded.strategy,
      excluded.anchor_day, excluded.anchor_month, excluded.anchor_time, excluded.time_zone,
      excluded.starts_at, excluded.ends_at, excluded.renewal_of, excluded.chain_id, excluded.as_of
    )`.execute(tx);
  return budgets.map(() => undefined);
}

/** @returns for each what is known of it; undefined, and nothing is stored, where its id is taken. */
export async function insertBudgets(tx: Tx, budgets: readonly Budget[]): Promise<(NewBudget | undefined)[]> {
  const { rows } = await sql<Hindrances>`
    insert into budgets.budget ${rowsOf(budgets)}
    on conflict (id) do nothing
    returning ${hindrances('budget.id')}`.execute(tx);
  const inserted = new Map(rows.map((row) => [row.id, { reasonNotToRenew: reasonOf(row) }]));
  return budgets.map(({ id }) => inserted.get(id));
}

/** @returns for each whether it is stored now. It is not when the budget that it renews has a successor. */
export async function insertSuccessors(tx: Tx, successors: readonly Budget[]): Promise<boolean[]> {
  const { rows } = await sql<{ id: string }>`
    insert into budgets.budget ${rowsOf(successors)}
    on conflict do nothing
    returning id`.execute(tx);
  const stored = new Set(rows.map(({ id }) => id));
  return successors.map(({ id }) => stored.has(id));
}

/** By name: the order of the table's columns is not this code's. */
function rowsOf(budgets: readonly Budget[]): RawBuilder<unknown> {
  return sql`(
      id, user_id, name, total_limit, currency, categories, strategy, anchor_day, anchor_month, anchor_time, time_zone,
      starts_at, ends_at, renewal_of, chain_id, as_of)
    select
      id, user_id, name, total_limit, currency, categories, strategy, anchor_day, anchor_month, anchor_time, time_zone,
      starts_at, ends_at, renewal_of, chain_id, as_of
    from json_populate_recordset(null::budgets.budget, ${JSON.stringify(budgets.map(toRow))}::json)`;
}
