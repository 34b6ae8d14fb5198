import { Temporal } from 'temporal-polyfill';

/*
 * When a budget's periods end and its renewals are due, by the rules in docs/events.md. Written apart from the budgets'
 * own code, on purpose, and knows nothing of it: the two are to agree because both follow the same rules.
 */

/** What the dates of a budget follow from. */
export interface PeriodRule {
  readonly strategy: 'monthly' | 'yearly';
  readonly day: number;
  /** 1 to 12; only of yearly budgets. */
  readonly month?: number;
  /** Local, `HH:MM:SS`. */
  readonly time: string;
  readonly zone: string;
}

/** From `start` up to, and without, `end`. */
export interface Period {
  readonly start: Temporal.Instant;
  readonly end: Temporal.Instant;
}

/** The period after this one. */
export function periodAfter({ end }: Period, rule: PeriodRule): Period {
  return { start: end, end: boundaryAfter(end, rule) };
}

/** A day before the last second, by the calendar of the zone. */
export function dueOf({ end }: Period, zone: string): Temporal.Instant {
  return end.subtract({ seconds: 1 }).toZonedDateTimeISO(zone).subtract({ days: 1 }).toInstant();
}

/** The `end_date` of a period whose renewal is due then. */
export function endDateDueAt(due: Temporal.Instant, zone: string): Temporal.Instant {
  return due.toZonedDateTimeISO(zone).add({ days: 1 }).toInstant();
}

function boundaryAfter(instant: Temporal.Instant, rule: PeriodRule): Temporal.Instant {
  const { year, month } = instant.toZonedDateTimeISO(rule.zone);
  // From the one before, for a clock change may have moved a boundary, to one that is after in any case.
  for (let step = -1; ; step++) {
    const boundary =
      rule.strategy === 'yearly'
        ? boundaryIn(year + step, rule.month!, rule)
        : boundaryIn(year + Math.floor((month - 1 + step) / 12), ((month + 11 + step) % 12) + 1, rule);
    if (Temporal.Instant.compare(boundary, instant) > 0) return boundary;
  }
}

function boundaryIn(year: number, month: number, { day, time, zone }: PeriodRule): Temporal.Instant {
  const { hour, minute, second } = Temporal.PlainTime.from(time);
  return Temporal.ZonedDateTime.from(
    { timeZone: zone, year, month, day, hour, minute, second },
    { overflow: 'constrain', disambiguation: 'compatible' },
  ).toInstant();
}
