import type { Temporal } from 'temporal-polyfill';

const NANOSECONDS_IN_MS = 1_000_000n;

/**
 * The instant in ms since 1970, with which calculating is cheap; undefined when it has parts that are finer. All that a
 * clock here tells, and most of what is on the wire, is whole ms.
 */
export function wholeMilliseconds({ epochNanoseconds }: Temporal.Instant): number | undefined {
  if (epochNanoseconds % NANOSECONDS_IN_MS !== 0n) return undefined;
  return Number(epochNanoseconds / NANOSECONDS_IN_MS);
}
