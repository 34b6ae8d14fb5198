import { instantAt, wholeMilliseconds } from '@budget-buddy/platform';
import { Temporal } from 'temporal-polyfill';
import type { PeriodAnchor } from './period-anchor';
import { isUnmistakable, quietTimeAt } from './quiet-time';

const WIRE_RESOLUTION_MS = 1_000;

/**
 * The time one budget is for: from `start` up to, and without, `end`, both on whole seconds. What begins at `end` is the
 * next period, so that two periods in a row leave no gap and share no instant.
 *
 * The wire knows the last second instead (`end_date` = `end` - 1 s): {@link onWire} and {@link lastInstant} convert, and
 * nothing else does.
 */
export class BudgetPeriod {
  /** @throws InvalidPeriodError unless `end` is after `start` */
  constructor(
    readonly start: Temporal.Instant,
    readonly end: Temporal.Instant,
  ) {
    if (Temporal.Instant.compare(start, end) >= 0) throw new InvalidPeriodError(start, end);
  }

  /** From `start` to the first boundary strictly after it: the first period is short when `start` is not a boundary. */
  static startingAt(start: Temporal.Instant, anchor: PeriodAnchor): BudgetPeriod {
    const from = BudgetPeriod.wholeSecond(start);
    return new BudgetPeriod(from, anchor.firstBoundaryAfter(from));
  }

  /**
   * The period that `start_date` and `end_date` state. A stated end is taken as it is, boundary or not; one that is
   * missing is computed.
   */
  static onWire(
    startDate: Temporal.Instant,
    endDate: Temporal.Instant | undefined,
    anchor: PeriodAnchor,
  ): BudgetPeriod {
    if (!endDate) return BudgetPeriod.startingAt(startDate, anchor);
    return new BudgetPeriod(
      BudgetPeriod.wholeSecond(startDate),
      later(BudgetPeriod.wholeSecond(endDate), WIRE_RESOLUTION_MS),
    );
  }

  /** Periods begin and end on whole seconds: what the wire says beyond that is cut off. */
  static wholeSecond(instant: Temporal.Instant): Temporal.Instant {
    if (wholeMilliseconds(instant)! % 1_000 === 0) return instant;
    return instant.round({ smallestUnit: 'second', roundingMode: 'floor' });
  }

  /** The period's last second: `end_date` on the wire. */
  get lastInstant(): Temporal.Instant {
    return later(this.end, -WIRE_RESOLUTION_MS);
  }

  /** The period that follows without a gap and brings an off-boundary end back to the anchor. */
  next(anchor: PeriodAnchor): BudgetPeriod {
    return BudgetPeriod.startingAt(this.end, anchor);
  }

  /** `leadTime` before {@link lastInstant} by the calendar and the clock of `timeZone`: P1D is a day there, 23 h or 25 h too. */
  dueAt(leadTime: Temporal.Duration, timeZone: string): Temporal.Instant {
    const { lastInstant } = this;
    const exact = later(lastInstant, -exactMs(leadTime));
    if (isUnmistakable(quietTimeAt(lastInstant, timeZone), exact.epochMilliseconds) && isExact(leadTime)) return exact;
    return lastInstant.toZonedDateTimeISO(timeZone).subtract(leadTime).toInstant();
  }
}

/** A whole second, so much later: temporal-polyfill takes several µs to add. */
function later(second: Temporal.Instant, ms: number): Temporal.Instant {
  return instantAt(second.epochMilliseconds + ms);
}

/** Whether its days are all that the calendar has a say in, and none of it is shorter than a millisecond. */
function isExact({ years, months, microseconds, nanoseconds }: Temporal.Duration): boolean {
  return years === 0 && months === 0 && microseconds === 0 && nanoseconds === 0;
}

/** As long as it is where no clock is changed. */
function exactMs({ weeks, days, hours, minutes, seconds, milliseconds }: Temporal.Duration): number {
  return ((((weeks * 7 + days) * 24 + hours) * 60 + minutes) * 60 + seconds) * 1_000 + milliseconds;
}

/** A period that would be empty or run backwards. */
export class InvalidPeriodError extends RangeError {
  override readonly name = 'InvalidPeriodError';

  constructor(
    readonly start: Temporal.Instant,
    readonly end: Temporal.Instant,
  ) {
    super(`a budget's period ends at ${end.toString()}, expected an instant after its start ${start.toString()}`);
  }
}
