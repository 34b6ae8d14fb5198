import {
  BudgetCreated,
  budgetMigrations,
  BudgetRecorder,
  BudgetRenewed,
  BudgetRepository,
  RenewalConfiguration,
  RenewBudget,
} from '@budget-buddy/budgets';
import { decodeEvent, eventMigrations, EventsConfiguration, Outbox, OutboxRelay } from '@budget-buddy/events';
import { loadConfiguration, type Section } from '@budget-buddy/platform';
import { TaskBench } from '@budget-buddy/testing';
import { randomUUID } from 'node:crypto';
import { Temporal } from 'temporal-polyfill';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { BudgetRenewalSubscriber } from '../../apps/scheduler/src/budgets/budget-renewal.subscriber';
import { RenewBudgetHandler } from '../../apps/worker/src/budgets/renew-budget.handler';

const section = <T extends object>(type: Section<T>) => ({
  provide: type,
  useFactory: () => loadConfiguration([type]).get(type),
});

let bench: TaskBench;
let relayed = 0;

/** The scheduler's and the worker's part of the way, with the real clock's place taken by a virtual one. */
beforeAll(async () => {
  bench = await TaskBench.start({
    now: '2027-01-31T09:00:00Z',
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

/** A chain never ends by itself. */
afterEach(async () => {
  for (const { key } of await openTasks()) await bench.scheduler.cancel(key, { reason: 'the test is over' });
});

const openTasks = () => bench.ledger.openPage(undefined, undefined, 10);

/** In the broker's place: has the scheduler consume what was published since. */
async function relay(): Promise<BudgetRenewed[]> {
  const rows = await bench.database.db.selectFrom('events.outbox').selectAll().orderBy('id').offset(relayed).execute();
  relayed += rows.length;
  const events = rows.map(({ body }) => decodeEvent(BudgetRenewed, JSON.parse(body)));
  for (const event of events) await bench.get(BudgetRenewalSubscriber).budgetRenewed(event);
  return events;
}

/** Renews, through task and event and the next task, until a period starts at or after `until`. */
async function renewUntil(until: string): Promise<BudgetRenewed[]> {
  const renewals: BudgetRenewed[] = [];
  while (!renewals.some(({ startDate }) => startDate.toString() >= until)) {
    expect(await bench.due.runNext()).toMatchObject({ status: 'succeeded' });
    renewals.push(...(await relay()));
  }
  return renewals;
}

async function create(fields: object): Promise<BudgetCreated> {
  const terms = { budget_id: randomUUID(), user_id: randomUUID(), name: 'Rent', total_limit: 90_000 };
  const event = decodeEvent(BudgetCreated, { ...terms, ...fields });
  await bench.get(BudgetRenewalSubscriber).budgetCreated(event);
  return event;
}

const day = (instant: Temporal.Instant, zone: string) => instant.toZonedDateTimeISO(zone).toPlainDate().toString();

describe('a budget that starts on 31 January 2027', () => {
  it('is renewed to 28 February, 31 March, 30 April and so on, through 2029', async () => {
    const created = await create({ start_date: '2027-01-31T00:00:00Z', strategy: 'monthly' });
    const renewals = await renewUntil('2029-12-31');

    expect(renewals.map(({ startDate }) => day(startDate, 'UTC'))).toEqual(lastDaysOfMonths(2027, 2, 35));
    expect(renewals[0]?.oldBudgetId).toBe(created.budgetId);
    for (const [index, renewal] of renewals.slice(1).entries()) {
      expect(renewal.oldBudgetId).toBe(renewals[index]!.budgetId);
      expect(renewal.startDate).toEqual(renewals[index]!.endDate.add({ seconds: 1 }));
      expect(renewal.occurredOn).toEqual(renewals[index]!.endDate.subtract({ hours: 24 }));
    }
  });
});

describe('a budget whose event comes eleven months late', () => {
  it('is caught up one period after the other', async () => {
    const now = '2031-12-15T00:00:00Z';
    bench.clock.advanceTo(Temporal.Instant.from(now));
    await create({ start_date: '2031-01-31T00:00:00Z', strategy: 'monthly' });
    const renewals = await renewUntil('2031-11-30');
    expect(renewals.map(({ startDate }) => day(startDate, 'UTC'))).toEqual(lastDaysOfMonths(2031, 2, 10));
    expect(renewals.every(({ occurredOn }) => occurredOn.toString() === now)).toBe(true);
    expect((await openTasks()).map(({ eta }) => eta.toString())).toEqual(['2031-12-29T23:59:59Z']);
  });
});

describe('a budget in a zone with clock changes', () => {
  it('starts at local midnight through three years', async () => {
    bench.clock.advanceTo(Temporal.Instant.from('2032-01-02T00:00:00Z'));
    const time_zone = 'America/New_York';
    await create({ start_date: '2032-01-01T00:00:00-05:00', strategy: 'monthly', time_zone });
    const renewals = await renewUntil('2034-12-01');
    const starts = renewals.map(({ startDate }) => startDate.toZonedDateTimeISO(time_zone));
    expect(starts).toHaveLength(35);
    for (const start of starts) expect(start).toMatchObject({ day: 1, hour: 0, minute: 0, second: 0 });
  });
});

/** The last days of `count` months in a row. */
function lastDaysOfMonths(year: number, month: number, count: number): string[] {
  const first = Temporal.PlainYearMonth.from({ year, month });
  return Array.from({ length: count }, (_, months) => {
    const yearMonth = first.add({ months });
    return yearMonth.toPlainDate({ day: yearMonth.daysInMonth }).toString();
  });
}
