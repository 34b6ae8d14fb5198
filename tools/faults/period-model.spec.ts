import { BudgetPeriod, PeriodAnchor } from '@budget-buddy/budgets';
import fc from 'fast-check';
import { Temporal } from 'temporal-polyfill';
import { describe, expect, it } from 'vitest';
import { dueOf, endDateDueAt, periodAfter, type PeriodRule } from './period-model';

const at = (text: string) => Temporal.Instant.from(text);
const monthlyOn = (day: number, zone = 'UTC'): PeriodRule => ({ strategy: 'monthly', day, time: '00:00:00', zone });

describe('the model of periods', () => {
  it('comes back to the 31st after a shorter month', () => {
    const january = { start: at('2026-12-31T00:00:00Z'), end: at('2027-01-31T00:00:00Z') };
    const february = periodAfter(january, monthlyOn(31));
    expect(february.end.toString()).toBe('2027-02-28T00:00:00Z');
    expect(periodAfter(february, monthlyOn(31)).end.toString()).toBe('2027-03-31T00:00:00Z');
  });

  it('has a renewal due a day before the last second, by the clock of the zone', () => {
    const period = { start: at('2027-02-28T00:00:00Z'), end: at('2027-03-28T22:00:00Z') };
    expect(dueOf(period, 'Europe/Berlin').toString()).toBe('2027-03-27T22:59:59Z');
  });

  it('agrees with the budgets’ own code, which it knows nothing of', () => {
    const rules = fc.record({
      strategy: fc.constantFrom('monthly' as const, 'yearly' as const),
      day: fc.integer({ min: 1, max: 31 }),
      month: fc.integer({ min: 1, max: 12 }),
      zone: fc.constantFrom('UTC', 'Europe/Berlin', 'America/New_York', 'Asia/Kathmandu', 'Pacific/Auckland'),
    });
    const seconds = fc.integer({ min: Date.UTC(2025, 0) / 1000, max: Date.UTC(2040, 0) / 1000 });
    fc.assert(
      fc.property(rules, seconds, ({ strategy, day, month, zone }, second) => {
        const start = Temporal.Instant.fromEpochMilliseconds(second * 1000);
        const anchor = PeriodAnchor.of({ strategy, day, month, start, timeZone: zone });
        const rule = { strategy, day, month, zone, time: anchor.timeOfDay.toString() };
        const period = periodAfter({ start: start.subtract({ hours: 1 }), end: start }, rule);
        const theirs = BudgetPeriod.startingAt(start, anchor);
        expect(period.end.toString()).toBe(theirs.end.toString());
        const due = theirs.dueAt(Temporal.Duration.from('P1D'), zone);
        expect(dueOf(period, zone).toString()).toBe(due.toString());
      }),
      { numRuns: 200 },
    );
  });

  it('finds the end date for a due time', () => {
    const due = at('2027-03-01T10:00:00Z');
    expect(endDateDueAt(due, 'Asia/Kathmandu').toString()).toBe('2027-03-02T10:00:00Z');
  });
});
