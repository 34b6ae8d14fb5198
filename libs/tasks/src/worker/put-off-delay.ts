import { Temporal } from 'temporal-polyfill';

/** A deployment under way is over soon; what waits for people need not be looked at so often. In ms. */
const SHORTEST_MS = 30_000;
const LONGEST_MS = 5 * 60_000;

/**
 * How long a task that cannot be read is put off, in ms: as long again as it has been put off already, within bounds.
 * @param since when it was put off for the first time, if it was; no time if somebody has edited the row by hand.
 */
export function putOffDelay(now: Temporal.Instant, since: string | undefined): number {
  const passedMs = now.epochMilliseconds - (instantOf(since) ?? now).epochMilliseconds;
  return Math.min(LONGEST_MS, Math.max(SHORTEST_MS, passedMs));
}

function instantOf(text: string | undefined): Temporal.Instant | undefined {
  try {
    return text === undefined ? undefined : Temporal.Instant.from(text);
  } catch {
    return undefined;
  }
}
