import { wholeMilliseconds } from '@budget-buddy/platform';
import { Temporal } from 'temporal-polyfill';

/** When a task is due: at an instant, or a time from now (a `Temporal.Duration` or ISO 8601 such as `PT30S`). */
export type When = { readonly eta: Temporal.Instant } | { readonly countdown: Temporal.Duration | string };

/** A due time that cannot be kept. */
export class InvalidDueTimeError extends RangeError {
  override readonly name = 'InvalidDueTimeError';
}

/** Bull keeps a due time as ms x 4096 in a double: exact until September 2039; its order is safe well beyond. */
const LATEST = Temporal.Instant.from('2202-01-01T00:00:00Z');
/** What begins in 1970 may be due some time before, what begins in 2200 a year later. */
const EARLIEST = Temporal.Instant.from('1969-01-01T00:00:00Z');

/**
 * The instant that is meant, to the ms (never before it).
 * @throws InvalidDueTimeError when it is no time from 1969 to 2201.
 */
export function dueTime(when: When, now: Temporal.Instant): Temporal.Instant {
  const instant = 'eta' in when ? when.eta : now.add(countdown(when.countdown));
  if (Temporal.Instant.compare(instant, EARLIEST) < 0 || Temporal.Instant.compare(instant, LATEST) > 0) {
    throw new InvalidDueTimeError(`a task is due ${instant.toString()}, expected a time from 1969 to 2201`);
  }
  if (wholeMilliseconds(instant) !== undefined) return instant;
  return instant.round({ smallestUnit: 'millisecond', roundingMode: 'ceil' });
}

function countdown(duration: Temporal.Duration | string): Temporal.Duration {
  const parsed = parse(duration);
  if (parsed.sign < 0 || parsed.years !== 0 || parsed.months !== 0 || parsed.weeks !== 0) {
    throw new InvalidDueTimeError(
      `a countdown is ${parsed.toString()}, expected 0 or more in days and smaller units (a month has no fixed length)`,
    );
  }
  return Temporal.Duration.from({ milliseconds: Math.ceil(parsed.total({ unit: 'milliseconds' })) });
}

function parse(duration: Temporal.Duration | string): Temporal.Duration {
  try {
    return Temporal.Duration.from(duration);
  } catch {
    throw new InvalidDueTimeError(
      `a countdown is ${JSON.stringify(duration)}, expected an ISO 8601 duration such as PT30S`,
    );
  }
}
