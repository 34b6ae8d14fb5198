import type { NamedMigration } from '@budget-buddy/platform';
import { type Kysely, sql } from 'kysely';

/** The schema of the budgets this service keeps from events, forward and back. */
export const budgetMigrations: readonly NamedMigration[] = [
  { name: '2026-11-22-budgets-1-store', migration: { up: createStore, down: dropStore } },
];

async function createStore(db: Kysely<unknown>): Promise<void> {
  await sql`create schema budgets`.execute(db);
  await sql`
    create table budgets.budget (
      id uuid primary key,
      user_id uuid not null,
      name text not null,
      total_limit bigint not null check (total_limit >= 0),
      currency text,
      categories jsonb not null,
      strategy text not null check (strategy in ('monthly', 'yearly')),
      anchor_day smallint not null check (anchor_day between 1 and 31),
      anchor_month smallint check (anchor_month between 1 and 12),
      anchor_time time(0) not null,
      time_zone text not null,
      starts_at timestamptz not null,
      ends_at timestamptz not null,
      renewal_of uuid check (renewal_of <> id),
      chain_id uuid not null,
      as_of timestamptz,
      check (ends_at > starts_at),
      check ((strategy = 'yearly') = (anchor_month is not null))
    )`.execute(db);
  // No foreign key: the event about the old budget may come later, or never. Unique: a budget is renewed once.
  await sql`create unique index budget_has_one_successor on budgets.budget (renewal_of)`.execute(db);
  await sql`
    create table budgets.deactivation (
      budget_id uuid primary key,
      deactivated_at timestamptz not null
    )`.execute(db);
}

async function dropStore(db: Kysely<unknown>): Promise<void> {
  await sql`drop schema budgets cascade`.execute(db);
}
