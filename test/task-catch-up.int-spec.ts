import { waitFor } from '@budget-buddy/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { budgetCreated, budgetRenewed } from './support/budget-events';
import { SystemOnVirtualClock } from './support/system-on-virtual-clock';

const NOW = '2029-06-15T12:00:00Z';

let system: SystemOnVirtualClock;
beforeAll(async () => {
  system = await SystemOnVirtualClock.start(NOW);
});
afterAll(() => system?.close());

const due = async (budget: { budget_id: string }) => (await system.renewal(budget))?.eta.toString();
const renewalsOf = (id: string) => system.renewals.filter(({ body }) => body['old_budget_id'] === id);

describe('a budget whose events come late by months', () => {
  it('is renewed for each period that was missed, one after the other, each once, and then waits for its time', async () => {
    const first = budgetCreated({ start_date: '2028-12-31T00:00:00Z', name: 'Late by half a year' });
    await system.publish('BudgetCreated', first);

    const chain = () => system.renewals.filter(({ body }) => body['name'] === first['name']).map(({ body }) => body);
    const last = await waitFor(() => chain().find((body) => String(body['end_date']) > NOW));
    await system.renewalIs(({ status }) => status === 'scheduled', last);

    const days = ['2029-01-31', '2029-02-28', '2029-03-31', '2029-04-30', '2029-05-31'];
    expect(chain().map((body) => String(body['start_date']))).toEqual(days.map((day) => `${day}T00:00:00Z`));
    expect(chain().map((body) => body['old_budget_id'])).toEqual([
      first.budget_id,
      ...chain()
        .slice(0, -1)
        .map(({ budget_id }) => budget_id),
    ]);
    expect(await due(last)).toBe('2029-06-28T23:59:59Z');
  });
});

describe('a deactivation that arrives before the budget it is about', () => {
  it('keeps the budget from being renewed, also when it is past due', async () => {
    const budget = budgetCreated({ start_date: '2029-03-31T00:00:00Z' });
    const deactivation = { budget_id: budget.budget_id, deactivation_date: '2029-04-01T00:00:00Z' };
    await system.publish('BudgetDeactivatedEvent', deactivation);
    await system.publish('BudgetCreated', budget);
    const task = await system.renewalIs(({ status }) => status !== 'scheduled', budget);
    expect(task).toMatchObject({ status: 'cancelled', reason: 'deactivated on 2029-04-01T00:00:00Z', history: [{}] });
    expect(renewalsOf(budget.budget_id)).toEqual([]);
  });
});

describe('a second event about a budget', () => {
  const terms = { start_date: '2029-06-01T00:00:00Z', occurred_on: '2029-06-01T00:00:00Z' };
  const ending = (end_date: string, occurred_on: string) => ({ end_date, occurred_on });

  it('moves the renewal to a day before the new end, and it runs then, once', async () => {
    const budget = budgetCreated(terms);
    await system.publish('BudgetCreated', budget);
    await system.renewalIs(({ eta }) => eta.toString() === '2029-06-29T23:59:59Z', budget);
    const moved = ending('2029-06-20T23:59:59Z', '2029-06-02T00:00:00Z');
    await system.publish('BudgetCreated', { ...budget, ...moved });
    await system.renewalIs(({ eta }) => eta.toString() === '2029-06-19T23:59:59Z', budget);

    expect(await system.runNext()).toMatchObject({ key: `renew-budget-${budget.budget_id}`, status: 'succeeded' });
    expect(system.clock.now().toString()).toBe('2029-06-19T23:59:59Z');
    const [renewal] = await waitFor(() => renewalsOf(budget.budget_id).length > 0 && renewalsOf(budget.budget_id));
    // The next period ends on the day that was meant from the start.
    expect(renewal?.body).toMatchObject({ start_date: '2029-06-21T00:00:00Z', end_date: '2029-06-30T23:59:59Z' });
  });

  it('does not move the renewal back when it is the older one', async () => {
    const budget = budgetCreated({ ...terms, ...ending('2029-07-10T23:59:59Z', '2029-06-03T00:00:00Z') });
    await system.publish('BudgetCreated', budget);
    await system.renewalIs(({ status }) => status === 'scheduled', budget);
    await system.publish('BudgetCreated', { ...budget, ...ending('2029-07-20T23:59:59Z', '2029-06-02T00:00:00Z') });
    // Once this one has moved it, the older one has been dealt with.
    await system.publish('BudgetCreated', { ...budget, ...ending('2029-07-15T23:59:59Z', '2029-06-04T00:00:00Z') });
    const task = await system.renewalIs(({ eta }) => eta.toString() === '2029-07-14T23:59:59Z', budget);
    expect(task.history).toEqual([
      expect.objectContaining({ what: 'moved', from: '2029-07-09T23:59:59Z', to: '2029-07-14T23:59:59Z' }),
    ]);
  });
});

describe('a BudgetRenewed of the old system, which says no more than it must', () => {
  it('takes the place of our own renewal, and the chain goes on from it with the terms of the old budget', async () => {
    const old = budgetCreated({ start_date: '2029-05-31T00:00:00Z', currency: 'EUR', name: 'Renewed elsewhere' });
    await system.publish('BudgetCreated', old);
    await system.renewalIs(({ status }) => status === 'scheduled', old);
    const elsewhere = budgetRenewed(old, {
      start_date: '2029-06-30T00:00:00Z',
      end_date: '2029-07-30T23:59:59Z',
      occurred_on: '2029-06-20T00:00:00Z',
    });
    await system.publish('BudgetRenewed', elsewhere);

    await system.renewalIs(({ status }) => status === 'scheduled', elsewhere);
    expect(await system.renewal(old)).toMatchObject({
      status: 'cancelled',
      reason: `renewed by ${elsewhere.budget_id}`,
    });
    expect(await due(elsewhere)).toBe('2029-07-29T23:59:59Z');

    await waitFor(async () => (await system.runNext()).key === `renew-budget-${elsewhere.budget_id}`);
    const [next] = await waitFor(() => renewalsOf(elsewhere.budget_id).length > 0 && renewalsOf(elsewhere.budget_id));
    expect(next?.body).toMatchObject({
      name: 'Renewed elsewhere',
      total_limit: 50_000,
      currency: 'EUR',
      start_date: '2029-07-31T00:00:00Z',
      end_date: '2029-08-30T23:59:59Z',
    });
  });
});
