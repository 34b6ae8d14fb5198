import { Temporal } from 'temporal-polyfill';

/** How often a budget starts anew (`strategy` on the wire). */
export const STRATEGIES = ['monthly', 'yearly'] as const;
/** How long the periods of a budget are. */
export type Strategy = (typeof STRATEGIES)[number];

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
    const local = terms.start.toZonedDateTimeISO(terms.timeZone);
    return new PeriodAnchor(
      terms.strategy,
      terms.day ?? local.day,
      terms.strategy === 'yearly' ? (terms.month ?? local.month) : undefined,
      (terms.timeOfDay ?? local.toPlainTime()).round({ smallestUnit: 'second', roundingMode: 'floor' }),
      local.timeZoneId,
    );
  }

  /** The first boundary strictly after `instant`. */
  firstBoundaryAfter(instant: Temporal.Instant): Temporal.Instant {
    // One step early: a day that a zone left out at a month's end (Kiritimati had no 31 Dec 1994) puts the boundary
    // into the next month, and with it after an instant whose own month's boundary is later still.
    let month = this.monthOf(instant).subtract(this.step);
    for (;;) {
      const boundary = this.boundaryIn(month);
      if (Temporal.Instant.compare(boundary, instant) > 0) return boundary;
      month = month.add(this.step);
    }
  }

  private get step(): { months: number } | { years: number } {
    return this.strategy === 'monthly' ? { months: 1 } : { years: 1 };
  }

  /** The month that has the boundary of the local month (or year) of `instant`. */
  private monthOf(instant: Temporal.Instant): Temporal.PlainYearMonth {
    const { year, month } = instant.toZonedDateTimeISO(this.timeZone);
    return Temporal.PlainYearMonth.from({ year, month: this.month ?? month });
  }

  private boundaryIn(month: Temporal.PlainYearMonth): Temporal.Instant {
    return month
      .toPlainDate({ day: Math.min(this.day, month.daysInMonth) })
      .toPlainDateTime(this.timeOfDay)
      .toZonedDateTime(this.timeZone, { disambiguation: 'compatible' })
      .toInstant();
  }
}
