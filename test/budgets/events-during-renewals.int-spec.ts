import {
  BudgetAlreadyRenewedError,
  BudgetCreated,
  BudgetDeactivated,
  budgetMigrations,
  BudgetRecorder,
  BudgetRenewed,
  BudgetRepository,
  RenewalConfiguration,
  RenewBudget,
} from '@budget-buddy/budgets';
import { decodeEvent, eventMigrations, EventsConfiguration, Outbox, OutboxRelay } from '@budget-buddy/events';
import { loadConfiguration, type Section } from '@budget-buddy/platform';
import { TaskBench, waitFor } from '@budget-buddy/testing';
import { sql } from 'kysely';
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BudgetRenewalSubscriber } from '../../apps/scheduler/src/budgets/budget-renewal.subscriber';
import { RenewBudgetHandler } from '../../apps/worker/src/budgets/renew-budget.handler';

const BUDGETS = 40;

const section = <T extends object>(type: Section<T>) => ({
  provide: type,
  useFactory: () => loadConfiguration([type]).get(type),
});

let bench: TaskBench;

beforeAll(async () => {
  bench = await TaskBench.start({
    tasks: [RenewBudget],
    migrations: [...eventMigrations, ...budgetMigrations],
    providers: [
      BudgetRenewalSubscriber,
      RenewBudgetHandler,
      BudgetRecorder,
      BudgetRepository,
      Outbox,
      { provide: OutboxRelay, useValue: { wake: () => undefined } },
      section(EventsConfiguration),
      section(RenewalConfiguration),
    ],
  });
});
afterAll(() => bench?.close());

const user = randomUUID();
/** Past by the bench's clock: its renewal runs as soon as it is scheduled. */
const overdue = {
  user_id: user,
  name: 'Food',
  total_limit: 1,
  strategy: 'monthly',
  start_date: '2099-10-01T00:00:00Z',
};
const elsewhere = {
  user_id: user,
  start_date: '2099-11-01T00:00:00Z',
  end_date: '2150-12-31T23:59:59Z',
  occurred_on: '2099-10-31T00:00:00Z',
};

/** All that can be said of a budget at the moment when it is renewed; which is said first differs from turn to turn. */
function everythingAtOnce(budget_id: string, turn: number): Promise<void>[] {
  const subscriber = bench.get(BudgetRenewalSubscriber);
  const created = decodeEvent(BudgetCreated, { ...overdue, budget_id });
  const changed = decodeEvent(BudgetCreated, { ...overdue, budget_id, end_date: '2099-10-15T23:59:59Z' });
  const renewed = decodeEvent(BudgetRenewed, { ...elsewhere, budget_id: randomUUID(), old_budget_id: budget_id });
  const deactivated = decodeEvent(BudgetDeactivated, { budget_id, deactivation_date: '2099-10-16T00:00:00Z' });
  const events = [
    () => subscriber.budgetRenewed(renewed).catch(toleratingOurOwn),
    () => subscriber.budgetCreated(changed),
    () => subscriber.budgetCreated(created),
    () => subscriber.budgetDeactivated(deactivated),
  ];
  return events.map((_, index) => events[(index + turn) % events.length]!());
}

/** Whichever renewal came first stands. */
function toleratingOurOwn(error: unknown): void {
  if (!(error instanceof BudgetAlreadyRenewedError)) throw error;
}

describe('events about budgets that are being renewed', () => {
  it('never wait in a circle with the renewals, and leave each budget with one successor', async () => {
    const ids = Array.from({ length: BUDGETS }, () => randomUUID());
    for (const [turn, budget_id] of ids.entries()) {
      await bench.get(BudgetRenewalSubscriber).budgetCreated(decodeEvent(BudgetCreated, { ...overdue, budget_id }));
      await Promise.all(everythingAtOnce(budget_id, turn));
    }
    await waitFor(() => allSettled(ids), { description: 'all renewals to be settled', timeoutMs: 20_000 });

    const { db } = bench.database;
    const successors = await db.selectFrom('budgets.budget').select('id').where('renewal_of', 'in', ids).execute();
    expect(successors).toHaveLength(BUDGETS);
    const { rows } = await sql`select deadlocks from pg_stat_database where datname = current_database()`.execute(db);
    expect(rows).toEqual([{ deadlocks: 0 }]);
  });
});

async function allSettled(ids: string[]): Promise<boolean> {
  const open = await bench.database.db
    .selectFrom('tasks.task')
    .select('key')
    .where('key', 'in', ids.map(RenewBudget.keyFor))
    .where('finished_at', 'is', null)
    .execute();
  return open.length === 0;
}
