import { taskUuid } from '@budget-buddy/tasks';
import { waitFor } from '@budget-buddy/testing';
import { Temporal } from 'temporal-polyfill';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { budgetCreated, type Wire } from './support/budget-events';
import { SystemOnVirtualClock } from './support/system-on-virtual-clock';

let system: SystemOnVirtualClock;
beforeAll(async () => {
  system = await SystemOnVirtualClock.start('2027-01-31T00:00:00Z');
});
afterAll(() => system?.close());

/** Publishes a budget, lets time pass until it has been renewed so many times, and gives its last successor up. */
async function chainOf(first: Wire, renewals: number) {
  const before = system.renewals.length;
  await system.publish('BudgetCreated', first);
  const tasks = [];
  for (let n = 0; n < renewals; n++) tasks.push(await system.runNext());
  const events = await waitFor(() => system.renewals.length >= before + renewals && system.renewals.slice(before));
  const last = events.at(-1)!.body;
  await system.renewalIs(({ status }) => status === 'scheduled', last);
  await system.publish('BudgetDeactivated', { ...last, deactivation_date: system.clock.now().toString() });
  await system.renewalIs(({ status }) => status === 'cancelled', last);
  return { tasks, events, periods: events.map(({ body }) => [body['start_date'], body['end_date']]) };
}

const secondBefore = (start: string) => Temporal.Instant.from(start).subtract({ seconds: 1 }).toString();

/** Periods without a gap that start at these instants; the last one only ends a period. */
function periodsBetween(starts: readonly string[]): [string, string][] {
  return starts.slice(0, -1).map((start, n) => [start, secondBefore(starts[n + 1]!)]);
}

/** Date knows nothing of budgets: day 0 is the last day of the month before. */
function lastDaysOfMonths(year: number, month: number, count: number): string[] {
  return Array.from(
    { length: count },
    (_, n) => `${new Date(Date.UTC(year, month + n, 0)).toISOString().slice(0, 19)}Z`,
  );
}

describe('a monthly budget that starts on 31 January 2027', () => {
  const first = budgetCreated({ start_date: '2027-01-31T00:00:00Z', strategy: 'monthly' });
  let chain: Awaited<ReturnType<typeof chainOf>>;
  beforeAll(async () => (chain = await chainOf(first, 35)), 60_000);

  it('is renewed to 28 February, 31 March, 30 April, … through 2029, one period after the other', () => {
    const days = chain.periods.map(([start]) => String(start).slice(0, 10));
    expect(days.slice(0, 4)).toEqual(['2027-02-28', '2027-03-31', '2027-04-30', '2027-05-31']);
    expect(days).toContain('2028-02-29');
    expect(days).toContain('2029-02-28');
    expect(days.at(-1)).toBe('2029-12-31');
    expect(chain.periods).toEqual(periodsBetween(lastDaysOfMonths(2027, 2, 36)));
  });

  it('is renewed by the budget that the last renewal made, each once and at its first attempt', () => {
    const chained = [first.budget_id, ...chain.events.map(({ body }) => body.budget_id)];
    expect(chain.events.map(({ body }) => body['old_budget_id'])).toEqual(chained.slice(0, -1));
    expect(new Set(chained).size).toBe(36);
    expect(chain.tasks.map(({ key }) => key)).toEqual(chained.slice(0, -1).map((id) => `renew-budget-${id}`));
    for (const { status, history } of chain.tasks) {
      expect({ status, history }).toMatchObject({ status: 'succeeded', history: [{ attempt: 1 }] });
    }
  });

  it('is renewed a day before each last second, and never before', () => {
    const dayBefore = (end: unknown) => Temporal.Instant.from(String(end)).subtract({ hours: 24 }).toString();
    const dueTimes = [secondBefore('2027-02-28T00:00:00Z'), ...chain.periods.map(([, end]) => end)].map(dayBefore);
    expect(chain.tasks.map(({ eta }) => eta.toString())).toEqual(dueTimes.slice(0, -1));
    expect(chain.events.map(({ body }) => body['occurred_on'])).toEqual(dueTimes.slice(0, -1));
  });

  it('tells of each renewal under a message id of its own, which follows from the task', () => {
    const ids = chain.events.map(({ messageId }) => messageId);
    expect(new Set(ids).size).toBe(35);
    expect(ids).toEqual(chain.tasks.map(({ key }) => taskUuid(key, 'BudgetRenewed')));
  });
});

// Each of these starts when the one before has ended: what is past is caught up with at once.

describe('a monthly budget of the 1st in Berlin', () => {
  it('starts at midnight there in winter and in summer, and is renewed a day before its last second there', async () => {
    const { periods, tasks } = await chainOf(
      budgetCreated({ start_date: '2030-01-31T23:00:00Z', time_zone: 'Europe/Berlin' }),
      10,
    );
    // Clocks are put forward on 31 March and back on 27 October 2030.
    const winter = ['02-28', '10-31', '11-30', '12-31'].map((day) => `2030-${day}T23:00:00Z`);
    const summer = ['03-31', '04-30', '05-31', '06-30', '07-31', '08-31', '09-30'].map(
      (day) => `2030-${day}T22:00:00Z`,
    );
    expect(periods).toEqual(periodsBetween([...winter, ...summer].sort()));
    expect(tasks.map(({ eta }) => eta.toString())[1]).toBe('2030-03-30T22:59:59Z');
    const timesOfDay = tasks.map(({ eta }) => eta.toZonedDateTimeISO('Europe/Berlin').toPlainTime().toString());
    expect(new Set(timesOfDay)).toEqual(new Set(['23:59:59']));
  });
});

describe('a yearly budget of 29 February in Berlin', () => {
  it('starts on the last day of February there, and on the 29th again in the next leap year', async () => {
    const { periods } = await chainOf(
      budgetCreated({ start_date: '2032-02-28T23:00:00Z', strategy: 'yearly', time_zone: 'Europe/Berlin' }),
      5,
    );
    const days = ['2033-02-27', '2034-02-27', '2035-02-27', '2036-02-28', '2037-02-27', '2038-02-27'];
    expect(periods).toEqual(periodsBetween(days.map((day) => `${day}T23:00:00Z`)));
  });
});
