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
  UnknownBudgetError,
} from '@budget-buddy/budgets';
import { decodeEvent } from '@budget-buddy/events';
import { loadConfiguration } from '@budget-buddy/platform';
import { HandlesTask, type TaskHandler } from '@budget-buddy/tasks';
import { TaskBench, waitFor } from '@budget-buddy/testing';
import fc from 'fast-check';
import { sql } from 'kysely';
import { randomUUID } from 'node:crypto';
import { Temporal } from 'temporal-polyfill';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type Call, recordCalls } from '../../../../test/support/record-calls';
import { BudgetRenewalSubscriber } from './budget-renewal.subscriber';

@HandlesTask(RenewBudget)
class NoRenewal implements TaskHandler<RenewBudget> {
  handle(): Promise<void> {
    return Promise.resolve();
  }
}

let bench: TaskBench;

beforeAll(async () => {
  vi.stubEnv('BUDGETBUDDY_RECONCILE_INTERVAL', 'PT5M');
  bench = await TaskBench.start({
    now: '2098-01-01T00:00:00Z',
    tasks: [RenewBudget],
    migrations: budgetMigrations,
    providers: [
      NoRenewal,
      BudgetRenewalSubscriber,
      BudgetRecorder,
      BudgetRepository,
      {
        provide: RenewalConfiguration,
        useFactory: () => loadConfiguration([RenewalConfiguration]).get(RenewalConfiguration),
      },
    ],
  });
});
afterAll(async () => {
  await bench?.close();
  vi.unstubAllEnvs();
});

const user = randomUUID();

const created = (budget_id: string, fields: object = {}) =>
  decodeEvent(BudgetCreated, {
    budget_id,
    user_id: user,
    name: 'Food',
    total_limit: 50_000,
    start_date: '2101-01-31T00:00:00Z',
    strategy: 'monthly',
    ...fields,
  });

const renewed = (budget_id: string, old_budget_id: string, fields: object = {}) =>
  decodeEvent(BudgetRenewed, {
    budget_id,
    old_budget_id,
    user_id: user,
    start_date: '2101-02-28T00:00:00Z',
    end_date: '2101-03-30T23:59:59Z',
    occurred_on: '2101-02-26T23:59:59Z',
    ...fields,
  });

const deactivated = (budget_id: string) =>
  decodeEvent(BudgetDeactivated, { budget_id, deactivation_date: '2101-02-01T00:00:00Z' });

function consume(event: object): Promise<void> {
  const subscriber = bench.get(BudgetRenewalSubscriber);
  if (event instanceof BudgetCreated) return subscriber.budgetCreated(event);
  if (event instanceof BudgetRenewed) return subscriber.budgetRenewed(event);
  return subscriber.budgetDeactivated(event as BudgetDeactivated);
}

/**
 * Until its next interval: it asks PostgreSQL, too. What it compared is committed before the transaction by which it
 * leads, so that has to be over as well.
 */
async function reconcilerIsAtRest(): Promise<void> {
  await waitFor(async () => {
    const { rows } = await sql<{ isAtRest: boolean }>`
      select completed > 0 and not exists (
        select from pg_stat_activity
        where datname = current_database() and pid <> pg_backend_pid()
          and backend_type = 'client backend' and xact_start is not null
      ) as "isAtRest" from tasks.reconciler`.execute(bench.database.db);
    return rows[0]?.isAtRest === true;
  });
}

const startOf = ({ text }: Call) => text.trim().split(/\s+/).slice(0, 3).join(' ');
const renewalOf = (budgetId: string) => bench.ledger.find(RenewBudget.keyFor(budgetId));
const dueAt = async (budgetId: string) => (await renewalOf(budgetId))?.eta.toString();

describe('BudgetCreated', () => {
  it('schedules the renewal a day before the last second of the period', async () => {
    const id = randomUUID();
    await consume(created(id));
    expect(await renewalOf(id)).toMatchObject({ status: 'scheduled', payload: { budgetId: id, userId: user } });
    expect(await dueAt(id)).toBe('2101-02-26T23:59:59Z');
  });

  it('schedules the renewal of a budget whose end is past for the time it should have been', async () => {
    const id = randomUUID();
    await consume(created(id, { start_date: '2097-01-31T00:00:00Z' }));
    expect(await renewalOf(id)).toMatchObject({ eta: Temporal.Instant.from('2097-02-26T23:59:59Z') });
    await waitFor(async () => (await bench.ledger.find(RenewBudget.keyFor(id)))?.status === 'succeeded');
  });

  it('takes three ways to PostgreSQL and back: nothing is asked that was not there before', async () => {
    await reconcilerIsAtRest();
    const calls = recordCalls();
    await consume(created(randomUUID()));
    expect(calls.end().map((call) => [call.sentAfterAnswers, startOf(call)])).toEqual([
      [0, 'begin'],
      [0, 'select name, pg_try_advisory_xact_lock(hashtextextended(name,'],
      [2, 'insert into budgets.budget'],
      [2, 'insert into tasks.task'],
      [4, 'commit'],
    ]);
  });

  it('moves the renewal when it changes the end, and does not when it is a copy', async () => {
    const id = randomUUID();
    await consume(created(id));
    await consume(created(id, { end_date: '2101-02-14T23:59:59Z' }));
    await consume(created(id, { end_date: '2101-02-14T23:59:59Z' }));
    expect(await dueAt(id)).toBe('2101-02-13T23:59:59Z');
    expect((await renewalOf(id))?.history.map(({ what }) => what)).toEqual(['moved']);
  });

  it('does not move the renewal back when it is out of date', async () => {
    const id = randomUUID();
    await consume(created(id, { end_date: '2101-02-14T23:59:59Z', occurred_on: '2101-02-02T00:00:00Z' }));
    await consume(created(id, { occurred_on: '2101-02-01T00:00:00Z' }));
    expect(await dueAt(id)).toBe('2101-02-13T23:59:59Z');
  });

  it('whose renewal cannot be scheduled is not recorded either', async () => {
    const id = randomUUID();
    vi.spyOn(bench.scheduler, 'schedule').mockRejectedValueOnce(new Error('no room in the ledger'));
    await expect(consume(created(id))).rejects.toThrow('no room in the ledger');
    const budget = await bench.database.transaction((tx) => bench.get(BudgetRepository).find(tx, id));
    expect(budget).toBeUndefined();
  });

  it('that comes ten times at once schedules one renewal', async () => {
    const id = randomUUID();
    await Promise.all(Array.from({ length: 10 }, () => consume(created(id))));
    expect(await renewalOf(id)).toMatchObject({ status: 'scheduled', history: [] });
  });
});

describe('BudgetDeactivated', () => {
  const cancelled = { status: 'cancelled', reason: 'deactivated on 2101-02-01T00:00:00Z' };

  it('cancels the renewal, with the reason', async () => {
    const id = randomUUID();
    await consume(created(id));
    await consume(deactivated(id));
    expect(await renewalOf(id)).toMatchObject(cancelled);
  });

  it('cancels it also when it comes first, as the ledger then tells', async () => {
    const id = randomUUID();
    await consume(deactivated(id));
    expect(await renewalOf(id)).toBeUndefined();
    await consume(created(id));
    expect(await renewalOf(id)).toMatchObject(cancelled);
  });

  it('is not taken back by a later change of the budget', async () => {
    const id = randomUUID();
    await consume(created(id));
    await consume(deactivated(id));
    await consume(created(id, { end_date: '2101-02-14T23:59:59Z' }));
    expect(await renewalOf(id)).toMatchObject(cancelled);
  });
});

describe('BudgetRenewed', () => {
  it('schedules the next renewal, so that the chain goes on', async () => {
    const [old, id] = [randomUUID(), randomUUID()];
    await consume(created(old));
    await consume(renewed(id, old));
    expect(await dueAt(id)).toBe('2101-03-29T23:59:59Z');
  });

  it('by somebody else cancels our own renewal of the old budget, and says by what', async () => {
    const [old, id] = [randomUUID(), randomUUID()];
    await consume(created(old));
    await consume(renewed(id, old));
    expect(await renewalOf(old)).toMatchObject({ status: 'cancelled', reason: `renewed by ${id}` });
  });

  it('leaves a renewal of our own as it is: done', async () => {
    const [old, id] = [randomUUID(), randomUUID()];
    await consume(created(old, { start_date: '2099-01-31T00:00:00Z' }));
    await bench.due.runNext();
    await consume(renewed(id, old));
    expect(await renewalOf(old)).toMatchObject({ status: 'succeeded' });
  });

  it('is to be tried again when it says too little and the old budget is not known yet; nothing is left of it', async () => {
    const [old, id] = [randomUUID(), randomUUID()];
    await expect(consume(renewed(id, old))).rejects.toThrow(UnknownBudgetError);
    expect(await renewalOf(id)).toBeUndefined();
  });

  it('that would be a second one goes to the dead letters and changes nothing', async () => {
    const [old, first, second] = [randomUUID(), randomUUID(), randomUUID()];
    await consume(created(old));
    await consume(renewed(first, old));
    await expect(consume(renewed(second, old))).rejects.toThrow(BudgetAlreadyRenewedError);
    expect(await renewalOf(second)).toBeUndefined();
    expect(await renewalOf(old)).toMatchObject({ reason: `renewed by ${first}` });
  });
});

describe('events in any order, any number of times, one after the other or at once', () => {
  const terms = { name: 'Food', total_limit: 1, strategy: 'monthly', strategy_parameters: { start_day: 31 } };
  const story = (id: string, successor: string) => [
    created(id, { occurred_on: '2101-01-01T00:00:00Z' }),
    created(id, { occurred_on: '2101-01-02T00:00:00Z', end_date: '2101-02-14T23:59:59Z' }),
    renewed(successor, id, terms),
    deactivated(successor),
  ];

  it('lead to the same tasks', async () => {
    const order = fc.shuffledSubarray([0, 1, 2, 3, 0, 1, 2, 3], { minLength: 8 });
    await fc.assert(
      fc.asyncProperty(order, fc.boolean(), async (indices, atOnce) => {
        const [id, successor] = [randomUUID(), randomUUID()];
        const events = story(id, successor).map((event) => () => consume(event));
        if (atOnce) await Promise.all(indices.map((index) => events[index]!()));
        else for (const index of indices) await events[index]!();
        expect(await renewalOf(id)).toMatchObject({ status: 'cancelled', reason: `renewed by ${successor}` });
        expect(await renewalOf(successor)).toMatchObject({
          status: 'cancelled',
          reason: 'deactivated on 2101-02-01T00:00:00Z',
        });
        expect(await dueAt(successor)).toBe('2101-03-29T23:59:59Z');
      }),
      { numRuns: 20 },
    );
  });
});
