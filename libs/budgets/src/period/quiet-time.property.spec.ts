import fc from 'fast-check';
import { Temporal } from 'temporal-polyfill';
import { describe, expect, it } from 'vitest';
import { BudgetPeriod } from './budget-period';
import { PeriodAnchor } from './period-anchor';
import { localClock } from './quiet-time';

const RUNS = { numRuns: Number(process.env.PROPERTY_RUNS ?? 2_000) };

const timeZone = fc.oneof(
  fc.constantFrom(
    'UTC',
    'Europe/Berlin',
    'Australia/Lord_Howe',
    'Pacific/Apia',
    'Pacific/Kiritimati',
    'Africa/Casablanca',
  ),
  fc.constantFrom(...Intl.supportedValuesOf('timeZone')),
);
const secondsAway = fc.oneof(
  fc.constantFrom(0, -1, 1),
  fc.integer({ min: -4_000, max: 4_000 }),
  fc.integer({ min: -200_000, max: 200_000 }),
);
/** Any second from 1970 to 2200, and many that are near to a change of some zone's clocks. */
const nearChange = fc
  .tuple(timeZone, fc.integer({ min: 0, max: 2_500_000_000 }), secondsAway)
  .map(([zone, seconds, away]) => {
    const zoned = Temporal.Instant.fromEpochMilliseconds(seconds * 1_000).toZonedDateTimeISO(zone);
    const change = zoned.getTimeZoneTransition('next') ?? zoned;
    return { zone, instant: change.toInstant().add({ seconds: away }) };
  });
const anywhere = fc
  .tuple(timeZone, fc.integer({ min: 0, max: 7_289_000_000 }))
  .map(([zone, seconds]) => ({ zone, instant: Temporal.Instant.fromEpochMilliseconds(seconds * 1_000) }));
const moment = fc.oneof(nearChange, anywhere);
const leadTime = fc
  .constantFrom('PT0S', 'P1D', 'P28D', 'PT36H', 'P1DT12H', 'P2W', 'P1M', 'PT0.0000005S', 'PT1H30M')
  .map((text) => Temporal.Duration.from(text));

/** As Temporal alone has it. */
function boundaryAfter(instant: Temporal.Instant, anchor: PeriodAnchor): Temporal.Instant {
  const step = anchor.strategy === 'monthly' ? { months: 1 } : { years: 1 };
  const { year, month } = instant.toZonedDateTimeISO(anchor.timeZone);
  let candidate = Temporal.PlainYearMonth.from({ year, month: anchor.month ?? month }).subtract(step);
  for (;;) {
    const boundary = candidate
      .toPlainDate({ day: Math.min(anchor.day, candidate.daysInMonth) })
      .toPlainDateTime(anchor.timeOfDay)
      .toZonedDateTime(anchor.timeZone)
      .toInstant();
    if (Temporal.Instant.compare(boundary, instant) > 0) return boundary;
    candidate = candidate.add(step);
  }
}

describe('what is calculated by adding and subtracting is what Temporal says', { timeout: 60_000 }, () => {
  it('of local times', () => {
    fc.assert(
      fc.property(moment, ({ zone, instant }) => {
        for (const each of [instant, instant.subtract({ seconds: 1 })]) {
          const expected = each.toZonedDateTimeISO(zone).toPlainDateTime().toString({ smallestUnit: 'second' });
          expect(localClock(each, zone).toISOString().slice(0, 19)).toBe(expected);
        }
      }),
      RUNS,
    );
  });

  it('of boundaries', () => {
    const stated = fc.record(
      { day: fc.integer({ min: 1, max: 31 }), month: fc.integer({ min: 1, max: 12 }) },
      { requiredKeys: [], noNullPrototype: true },
    );
    fc.assert(
      fc.property(moment, stated, fc.constantFrom('monthly', 'yearly'), ({ zone, instant }, terms, strategy) => {
        const anchor = PeriodAnchor.of({ strategy, start: instant, timeZone: zone, ...terms });
        expect(anchor.firstBoundaryAfter(instant).toString()).toBe(boundaryAfter(instant, anchor).toString());
      }),
      RUNS,
    );
  });

  it('of due times', () => {
    fc.assert(
      fc.property(moment, fc.constantFrom(0, 1, 28), leadTime, ({ zone, instant: near }, days, lead) => {
        const instant = near.add({ hours: days * 24 });
        const period = new BudgetPeriod(instant.subtract({ seconds: 1 }), instant.add({ seconds: 1 }));
        const expected = instant.toZonedDateTimeISO(zone).subtract(lead).toInstant();
        expect(period.dueAt(lead, zone).toString()).toBe(expected.toString());
      }),
      RUNS,
    );
  });
});
