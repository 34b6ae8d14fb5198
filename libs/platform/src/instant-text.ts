import type { Temporal } from 'temporal-polyfill';
import { remembering } from './remembering';
import { wholeMilliseconds } from './whole-milliseconds';

const BEYOND_MS = /\.?0*Z$/;

/**
 * What `instant.toString()` gives: ISO 8601 in UTC, with as many digits of the second as it takes. A `Date` writes whole
 * milliseconds (all that a clock here tells) in a fraction of the time that temporal-polyfill takes.
 */
export function instantText(instant: Temporal.Instant): string {
  return wholeMsText(instant)?.replace(BEYOND_MS, 'Z') ?? instant.toString();
}

/** What `instant.toString({ fractionalSecondDigits: 6 })` gives: microseconds, finer parts cut off. */
export function instantTextInMicroseconds(instant: Temporal.Instant): string {
  const text = wholeMsText(instant);
  return text === undefined ? instant.toString({ fractionalSecondDigits: 6 }) : `${text.slice(0, -1)}000Z`;
}

/** With three digits of the second; undefined when there is more to tell. Years beyond four digits are the same in both. */
function wholeMsText(instant: Temporal.Instant): string | undefined {
  const ms = wholeMilliseconds(instant);
  return ms === undefined ? undefined : textOf(ms);
}

const textOf = remembering((ms: number) => new Date(ms).toISOString());
