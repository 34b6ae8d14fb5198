import { instantAt } from '@budget-buddy/platform';
import { Temporal } from 'temporal-polyfill';
import { isUnmistakable, localClock, quietTimeAt } from './quiet-time';
import { timeZoneId } from './time-zone-id';

/** How often a budget starts anew (`strategy` on the wire). */
export const STRATEGIES = ['monthly', 'yearly'] as const;
/** How long the periods of a budget are. */
export type Strategy = (typeof STRATEGIES)[number];

const MONTHS_IN_YEAR = 12;

/**
 * The intent behind a budget's dates: "each month on the 31st, at 00:00 in Berlin". It is stored with the budget, and
 * every boundary is computed from it and never from an earlier boundary, so that a date which a short month clamped
 * (31 Jan, 28 Feb) comes back to its day (31 Mar). See docs/adr/0010-periods-from-their-anchor.md.
 */
export class PeriodAnchor {
  /**
   * @param day 1 to 31; in a month that is shorter, its last day
   * @param month 1 to 12 for a yearly budget, undefined for a monthly one
   * @param timeOfDay local time, whole seconds
   * @param timeZone IANA name
   */
  private constructor(
    readonly strategy: Strategy,
    readonly day: number,
    readonly month: number | undefined,
    readonly timeOfDay: Temporal.PlainTime,
    readonly timeZone: string,
  ) {}

  /**
   * The anchor of a budget that first starts at `start`: whatever is not stated (day, month, time of day) is taken
   * from `start` as a clock in `timeZone` shows it. A `month` stated for a monthly budget means nothing and is left out.
   */
  static of(terms: {
    strategy: Strategy;
    start: Temporal.Instant;
    timeZone: string;
    day?: number;
    month?: number;
    timeOfDay?: Temporal.PlainTime;
  }): PeriodAnchor {
    const timeZone = timeZoneId(terms.timeZone);
    const local = (): Date => localClock(terms.start, timeZone);
    return new PeriodAnchor(
      terms.strategy,
      terms.day ?? local().getUTCDate(),
      terms.strategy === 'yearly' ? (terms.month ?? local().getUTCMonth() + 1) : undefined,
      terms.timeOfDay ? wholeSecond(terms.timeOfDay) : timeOf(local()),
      timeZone,
    );
  }

  /** The first boundary strictly after `instant`. */
  firstBoundaryAfter(instant: Temporal.Instant): Temporal.Instant {
    // One step early: a day that a zone left out at a month's end (Kiritimati had no 31 Dec 1994) puts the boundary
    // into the next month, and with it after an instant whose own month's boundary is later still.
    const step = this.strategy === 'monthly' ? 1 : MONTHS_IN_YEAR;
    for (let month = this.monthOf(instant) - step; ; month += step) {
      const boundary = this.boundaryNear(instant, month) ?? this.boundaryIn(month);
      if (Temporal.Instant.compare(boundary, instant) > 0) return boundary;
    }
  }

  /** The month that has the boundary of the local month (or year) of `instant`, counted from January of the year 0. */
  private monthOf(instant: Temporal.Instant): number {
    const local = localClock(instant, this.timeZone);
    const month = this.month === undefined ? local.getUTCMonth() : this.month - 1;
    return local.getUTCFullYear() * MONTHS_IN_YEAR + month;
  }

  /** @returns undefined when the clocks are changed between the two, or soon after or before. */
  private boundaryNear(instant: Temporal.Instant, month: number): Temporal.Instant | undefined {
    const quiet = quietTimeAt(instant, this.timeZone);
    const [year, index] = [Math.floor(month / MONTHS_IN_YEAR), month % MONTHS_IN_YEAR];
    // What `Date` takes for a year of the century before last.
    if (year < 100) return undefined;
    const day = Math.min(this.day, new Date(Date.UTC(year, index + 1, 0)).getUTCDate());
    const { hour, minute, second } = this.timeOfDay;
    const ms = Date.UTC(year, index, day, hour, minute, second) - quiet.offsetMs;
    return isUnmistakable(quiet, ms) ? instantAt(ms) : undefined;
  }

  private boundaryIn(index: number): Temporal.Instant {
    const year = Math.floor(index / MONTHS_IN_YEAR);
    const month = Temporal.PlainYearMonth.from({ year, month: (index % MONTHS_IN_YEAR) + 1 });
    return month
      .toPlainDate({ day: Math.min(this.day, month.daysInMonth) })
      .toPlainDateTime(this.timeOfDay)
      .toZonedDateTime(this.timeZone, { disambiguation: 'compatible' })
      .toInstant();
  }
}

function timeOf(clock: Date): Temporal.PlainTime {
  return new Temporal.PlainTime(clock.getUTCHours(), clock.getUTCMinutes(), clock.getUTCSeconds());
}

function wholeSecond(time: Temporal.PlainTime): Temporal.PlainTime {
  const { hour, minute, second, millisecond, microsecond, nanosecond } = time;
  if (millisecond === 0 && microsecond === 0 && nanosecond === 0) return time;
  return new Temporal.PlainTime(hour, minute, second);
}
