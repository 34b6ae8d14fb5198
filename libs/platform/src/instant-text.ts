import type { Temporal } from 'temporal-polyfill';
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

/** What was written last: all that is done within a ms has the clock's one instant for it, and often hundreds of things are. */
let last: { readonly instant: Temporal.Instant; readonly text: string | undefined } | undefined;

/** With three digits of the second; undefined when there is more to tell. Years beyond four digits are the same in both. */
function wholeMsText(instant: Temporal.Instant): string | undefined {
  if (instant !== last?.instant) last = { instant, text: textOf(wholeMilliseconds(instant)) };
  return last.text;
}

function textOf(ms: number | undefined): string | undefined {
  return ms === undefined ? undefined : new Date(ms).toISOString();
}
