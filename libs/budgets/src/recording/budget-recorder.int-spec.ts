import { decodeEvent } from '@budget-buddy/events';
import type { Tx } from '@budget-buddy/platform';
import { testDatabase, type TestDatabase } from '@budget-buddy/testing';
import fc from 'fast-check';
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BudgetCreated } from '../events/budget-created';
import { BudgetDeactivated } from '../events/budget-deactivated';
import { BudgetRenewed } from '../events/budget-renewed';
import { BudgetRepository } from '../store/budget-repository';
import { budgetMigrations } from '../store/migrations';
import { UnknownBudgetError } from '../unknown-budget-error';
import { BudgetAlreadyRenewedError } from './budget-already-renewed-error';
import { BudgetRecorder } from './budget-recorder';

const budgets = new BudgetRepository();
const recorder = new BudgetRecorder(budgets);
const user = randomUUID();
let test: TestDatabase;

beforeAll(async () => (test = await testDatabase(budgetMigrations)));
afterAll(() => test?.drop());

const created = (budget_id: string, fields: object = {}) =>
  decodeEvent(BudgetCreated, {
    budget_id,
    user_id: user,
    name: 'Food',
    total_limit: 500,
    start_date: '2027-01-31T00:00:00Z',
    strategy: 'monthly',
    ...fields,
  });

const renewed = (budget_id: string, old_budget_id: string, fields: object = {}) =>
  decodeEvent(BudgetRenewed, {
    budget_id,
    old_budget_id,
    user_id: user,
    start_date: '2027-02-28T00:00:00Z',
    end_date: '2027-03-30T23:59:59Z',
    occurred_on: '2027-02-27T00:00:00Z',
    ...fields,
  });

const deactivated = (budget_id: string, deactivation_date: string) =>
  decodeEvent(BudgetDeactivated, { budget_id, deactivation_date });

/** As whoever is told of it does. */
async function recordCreated(tx: Tx, event: BudgetCreated) {
  await budgets.hold(tx, [event.budgetId]);
  const told = recorder.told(event);
  return (await recorder.createdAsNew(tx, told)) ? told : recorder.created(tx, event);
}

async function recordIn(tx: Tx, event: object) {
  if (event instanceof BudgetCreated) return recordCreated(tx, event);
  if (event instanceof BudgetRenewed) return recorder.renewed(tx, event);
  return recorder.deactivated(tx, event as BudgetDeactivated);
}

const record = (event: object) => test.database.transaction((tx) => recordIn(tx, event));
const recordShared = (event: object) => test.database.sharedTransaction((tx) => recordIn(tx, event));

const stateOf = (id: string) =>
  test.database.transaction(async (tx) => [await budgets.find(tx, id), await budgets.reasonNotToRenew(tx, id)]);

describe('recorded events', () => {
  it('let the latest one hold, by when it occurred and not by when it came', async () => {
    const id = randomUUID();
    await record(created(id, { total_limit: 900, occurred_on: '2027-01-02T00:00:00.000002Z' }));
    const known = await record(created(id, { total_limit: 100, occurred_on: '2027-01-02T00:00:00.000001Z' }));
    expect(known).toMatchObject({ totalLimit: 900 });
    expect((await stateOf(id))[0]).toMatchObject({ totalLimit: 900 });
  });

  it('let the one that came last hold where they do not say when they occurred', async () => {
    const id = randomUUID();
    await record(created(id, { total_limit: 900, occurred_on: '2027-01-02T00:00:00Z' }));
    await record(created(id, { total_limit: 100 }));
    expect((await stateOf(id))[0]).toMatchObject({ totalLimit: 100 });
  });

  it('remember a deactivation that came before the budget', async () => {
    const id = randomUUID();
    await record(deactivated(id, '2027-01-05T00:00:00Z'));
    await record(created(id));
    expect((await stateOf(id))[1]).toBe('deactivated on 2027-01-05T00:00:00Z');
  });

  it('know whose renewal a budget is, also from an event that is out of date otherwise', async () => {
    const [old, id] = [randomUUID(), randomUUID()];
    await record(created(old));
    await record(created(id, { total_limit: 900, occurred_on: '2027-03-01T00:00:00Z' }));
    await record(renewed(id, old));
    expect((await stateOf(id))[0]).toMatchObject({ totalLimit: 900, renewalOf: old, chainId: old });
  });

  it('wait for the old budget when a renewal by the old system comes before it', async () => {
    const [old, id] = [randomUUID(), randomUUID()];
    await expect(record(renewed(id, old))).rejects.toThrow(UnknownBudgetError);
    await record(created(old, { name: 'Rent' }));
    expect(await record(renewed(id, old))).toMatchObject({ name: 'Rent', anchor: { day: 31 } });
  });

  it('refuse a second renewal of a budget, and name both', async () => {
    const [old, first, second] = [randomUUID(), randomUUID(), randomUUID()];
    await record(created(old));
    await record(renewed(first, old));
    await expect(record(renewed(second, old))).rejects.toThrow(BudgetAlreadyRenewedError);
    await expect(record(renewed(second, old))).rejects.toThrow(`budget ${old} is renewed by ${first} already`);
  });

  it('end in the same state in whatever order they come, however often, and however many at once', async () => {
    const story = (id: string, successor: string) => [
      created(id, { occurred_on: '2027-01-01T00:00:00Z' }),
      created(id, { occurred_on: '2027-01-02T00:00:00Z', total_limit: 900, end_date: '2027-02-14T23:59:59Z' }),
      deactivated(id, '2027-02-20T00:00:00Z'),
      deactivated(id, '2027-02-21T00:00:00Z'),
      renewed(successor, id, {
        name: 'Food',
        total_limit: 1,
        strategy: 'monthly',
        strategy_parameters: { start_day: 31 },
      }),
    ];
    const ids = (): [string, string] => [randomUUID(), randomUUID()];
    const inOrder = ids();
    for (const event of story(...inOrder)) await record(event);
    const expected = await comparable(inOrder);

    const order = fc.shuffledSubarray([0, 1, 2, 3, 4, 0, 1, 2, 3, 4], { minLength: 10 });
    await fc.assert(
      fc.asyncProperty(order, fc.constantFrom('in turn', 'at once', 'together'), async (indices, how) => {
        const pair = ids();
        const events = story(...pair);
        if (how === 'at once') await Promise.all(indices.map((index) => record(events[index]!)));
        else if (how === 'together') await Promise.all(indices.map((index) => recordShared(events[index]!)));
        else for (const index of indices) await record(events[index]!);
        expect(await comparable(pair)).toEqual(expected);
      }),
      { numRuns: 45 },
    );
  });
});

describe('events that are recorded in a shared transaction', () => {
  it.each([['the renewal first'], ['the renewal last']])(
    'let the latest one of a budget hold as if one had come after the other, %s',
    async (order) => {
      const [old, id] = [randomUUID(), randomUUID()];
      await record(created(old));
      const events = [renewed(id, old), created(id, { total_limit: 900, occurred_on: '2027-03-01T00:00:00Z' })];
      if (order === 'the renewal last') events.reverse();
      await Promise.all(events.map(recordShared));
      expect((await stateOf(id))[0]).toMatchObject({ totalLimit: 900, renewalOf: old, chainId: old });
    },
  );

  it('wait for whoever holds their budget in another transaction, and keep nobody else waiting', async () => {
    const [held, free] = [randomUUID(), randomUUID()];
    const { waiting } = await test.database.transaction(async (tx) => {
      await budgets.hold(tx, [held]);
      const waiting = recordShared(created(held));
      expect(await recordShared(created(free))).toMatchObject({ id: free });
      expect(await budgets.find(tx, held)).toBeUndefined();
      return { waiting: [waiting] };
    });
    expect(await Promise.all(waiting)).toMatchObject([{ id: held }]);
  });
});

/** The state of a budget and its successor, without the ids, which differ from story to story. */
async function comparable([id, successor]: [string, string]): Promise<string> {
  const state = JSON.stringify([await stateOf(id), await stateOf(successor)]);
  return state.replaceAll(id, 'the budget').replaceAll(successor, 'its successor');
}
