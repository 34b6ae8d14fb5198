import type { Database } from '@budget-buddy/platform';
import type { TestBroker } from '@budget-buddy/testing';
import { RenewBudget } from '@budget-buddy/budgets';
import { sql } from 'kysely';
import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { Temporal } from 'temporal-polyfill';

/** Events a second: far below what the service can do, so that each is measured alone. */
const RATE = 20;

/** How far ahead the renewals are due, in s. */
const AHEAD_S = 2;

/** What became of the traffic while something else was going on; all in ms. */
export interface TrafficFigures {
  readonly events: number;
  /** From the publication of an event until its task was in the ledger. */
  readonly scheduled: Percentiles;
  /** From the time a task was due until it ran. */
  readonly late: Percentiles;
}

interface Percentiles {
  readonly p50: number;
  readonly p99: number;
}

/** Publishes budgets that are due soon, until `during` is settled, and tells how they fared. */
export async function liveTraffic(
  database: Database,
  broker: TestBroker,
  during: Promise<unknown>,
): Promise<TrafficFigures> {
  const published = new Map<string, number>();
  let over = false;
  const end = during.finally(() => (over = true));
  while (!over) {
    const budget = dueSoon();
    published.set(RenewBudget.keyFor(budget.budget_id), Date.now());
    await broker.client.publish('BudgetCreated', budget);
    await delay(1000 / RATE);
  }
  await end;
  return figures(await outcomes(database, [...published.keys()]), published);
}

/** A BudgetCreated whose renewal is due at its end, for apps whose lead time is none. */
function dueSoon() {
  const end = Temporal.Now.instant().round({ smallestUnit: 'second', roundingMode: 'ceil' }).add({ seconds: AHEAD_S });
  return {
    budget_id: randomUUID(),
    user_id: randomUUID(),
    name: 'Live traffic',
    total_limit: 50_000,
    strategy: 'monthly',
    start_date: end.subtract({ hours: 24 * 30 }).toString(),
    end_date: end.toString(),
  };
}

interface Outcome {
  readonly key: string;
  readonly created: number;
  readonly late: number;
}

async function outcomes({ db }: Database, keys: readonly string[]): Promise<Outcome[]> {
  for (;;) {
    const { rows } = await sql<Outcome>`
      select key, (extract(epoch from created_at) * 1000)::float8 as created,
        (extract(epoch from (history->0->>'startedAt')::timestamptz - due_at) * 1000)::float8 as late
      from tasks.task where key = any(${[...keys]}::text[]) and status = 'succeeded'`.execute(db);
    if (rows.length === keys.length) return rows;
    await delay(200);
  }
}

function figures(rows: readonly Outcome[], published: ReadonlyMap<string, number>): TrafficFigures {
  return {
    events: rows.length,
    scheduled: percentiles(rows.map(({ key, created }) => created - published.get(key)!)),
    late: percentiles(rows.map(({ late }) => late)),
  };
}

function percentiles(values: number[]): Percentiles {
  const sorted = values.sort((one, other) => one - other);
  const at = (share: number) => Math.round(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))]!);
  return { p50: at(0.5), p99: at(0.99) };
}
