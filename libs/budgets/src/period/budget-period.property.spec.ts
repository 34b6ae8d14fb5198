import fc from 'fast-check';
import { Temporal } from 'temporal-polyfill';
import { describe, expect, it } from 'vitest';
import { BudgetPeriod } from './budget-period';
import { PeriodAnchor, STRATEGIES } from './period-anchor';

const YEARS = 30;
/** `PROPERTY_RUNS=1500` looks further, for some minutes. */
const RUNS = { numRuns: Number(process.env.PROPERTY_RUNS ?? 20) };
const TIMEOUT_MS = 30_000 + RUNS.numRuns * 200;

/** Half the runs in the zones whose clocks do the strangest things, half in any zone the machine knows. */
const timeZone = fc.oneof(
  fc.constantFrom(
    'UTC',
    'Europe/Berlin',
    'Australia/Lord_Howe',
    'Pacific/Apia',
    'Pacific/Kiritimati',
    'Asia/Kathmandu',
  ),
  fc.constantFrom(...Intl.supportedValuesOf('timeZone')),
);

/** Any second from 1970 to 2200, half of them in the years of Samoa's and Kiritimati's missing days. */
const start = fc
  .oneof(
    fc.integer({ min: 0, max: 7_289_000_000 }),
    fc.integer({ min: Date.UTC(1990, 0) / 1000, max: Date.UTC(2012, 0) / 1000 }),
  )
  .map((seconds) => Temporal.Instant.fromEpochMilliseconds(seconds * 1000));

const budget = fc
  .record(
    {
      strategy: fc.constantFrom(...STRATEGIES),
      start,
      timeZone,
      day: fc.integer({ min: 1, max: 31 }),
      month: fc.integer({ min: 1, max: 12 }),
    },
    { requiredKeys: ['strategy', 'start', 'timeZone'] },
  )
  .map((terms) => ({ start: terms.start, anchor: PeriodAnchor.of(terms) }));

function periods(first: Temporal.Instant, anchor: PeriodAnchor): BudgetPeriod[] {
  const last = first.toZonedDateTimeISO('UTC').add({ years: YEARS }).toInstant();
  const list = [BudgetPeriod.startingAt(first, anchor)];
  for (let period = list[0]!; Temporal.Instant.compare(period.end, last) < 0; list.push(period)) {
    period = period.next(anchor);
  }
  return list;
}

describe(`the periods of any budget, through ${YEARS} years`, { timeout: TIMEOUT_MS }, () => {
  it('follow one another without a gap or an overlap, and each ends after it starts', () => {
    fc.assert(
      fc.property(budget, ({ start, anchor }) => {
        let previousEnd = start;
        for (const period of periods(start, anchor)) {
          expect(period.start.equals(previousEnd)).toBe(true);
          expect(period.end.epochMilliseconds).toBeGreaterThan(period.start.epochMilliseconds);
          previousEnd = period.end;
        }
      }),
      RUNS,
    );
  });

  it('end on the anchor day, or on the last day of a month that is shorter, at the anchor time: clamped dates come back', () => {
    fc.assert(
      fc.property(budget, ({ start, anchor }) => {
        for (const { end } of periods(start, anchor)) {
          expect(intended(end, anchor), `${end.toString()} in ${anchor.timeZone}`).toBeDefined();
        }
      }),
      RUNS,
    );
  });

  it('are one for each month (or year): none is left out', () => {
    fc.assert(
      fc.property(budget, ({ start, anchor }) => {
        const months = periods(start, anchor).map(({ end }) => intendedMonth(end, anchor));
        const step = anchor.strategy === 'monthly' ? 1 : 12;
        for (const [index, month] of months.entries()) expect(month).toBe(months[0]! + index * step);
      }),
      RUNS,
    );
  });

  it('last from the first no longer than a month (or year) and a day', () => {
    fc.assert(
      fc.property(budget, ({ start, anchor }) => {
        const longest = anchor.strategy === 'monthly' ? 32 : 367;
        for (const { start: from, end } of periods(start, anchor)) {
          expect(from.until(end).total('hours')).toBeLessThanOrEqual(longest * 24);
        }
      }),
      RUNS,
    );
  });

  it('are computed the same from a period in their middle as from the first', () => {
    fc.assert(
      fc.property(budget, fc.nat(), ({ start, anchor }, nth) => {
        const list = periods(start, anchor);
        const middle = list[nth % list.length]!;
        expect(BudgetPeriod.startingAt(middle.start, anchor)).toEqual(middle);
      }),
      RUNS,
    );
  });

  it('survive the wire: end_date out and in again is the same period', () => {
    fc.assert(
      fc.property(budget, fc.integer({ min: 0, max: 999_999 }), ({ start, anchor }, microseconds) => {
        const period = BudgetPeriod.startingAt(start, anchor);
        const endDate = period.lastInstant.add({ microseconds });
        expect(BudgetPeriod.onWire(period.start, endDate, anchor)).toEqual(period);
      }),
      RUNS,
    );
  });
});

/**
 * The local time the anchor means by `boundary`, found without asking Temporal to disambiguate: either a clock in the
 * zone shows it at `boundary`, or that clock skipped it and `boundary` is as long after the change as the time was.
 */
function intended(boundary: Temporal.Instant, anchor: PeriodAnchor): Temporal.PlainDateTime | undefined {
  const shown = boundary.toZonedDateTimeISO(anchor.timeZone);
  const onAnchor = (local: Temporal.PlainDateTime) =>
    local.day === Math.min(anchor.day, local.daysInMonth) &&
    (anchor.month ?? local.month) === local.month &&
    local.toPlainTime().equals(anchor.timeOfDay);
  if (onAnchor(shown.toPlainDateTime())) return shown.toPlainDateTime();
  const change = shown.getTimeZoneTransition('previous');
  const offsetBefore = change?.subtract({ nanoseconds: 1 }).offset;
  const skipped = offsetBefore && boundary.toZonedDateTimeISO(offsetBefore).toPlainDateTime();
  const inGap = change && skipped && Temporal.PlainDateTime.compare(skipped, change.toPlainDateTime()) < 0;
  return inGap && onAnchor(skipped) ? skipped : undefined;
}

function intendedMonth(boundary: Temporal.Instant, anchor: PeriodAnchor): number {
  const { year, month } = intended(boundary, anchor)!;
  return year * 12 + month;
}
