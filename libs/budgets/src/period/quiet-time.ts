import type { Temporal } from 'temporal-polyfill';

/** A time in which nobody changes a zone's clocks, so that calculating with them is adding and subtracting. */
export interface QuietTime {
  readonly fromMs: number;
  readonly untilMs: number;
  /** What its local time is ahead of UTC. */
  readonly offsetMs: number;
}

const DAY_MS = 86_400_000;
/** So near to a change a local time may be there twice, or not at all: no zone has ever jumped by more than a day. */
const MARGIN_MS = 2 * DAY_MS;
const MOST_KNOWN = 1_000;

const known = new Map<string, QuietTime>();

/** The quiet time in which `instant` is. */
export function quietTimeAt(instant: Temporal.Instant, timeZone: string): QuietTime {
  const ms = instant.epochMilliseconds;
  const key = `${timeZone}/${Math.floor(ms / (30 * DAY_MS))}`;
  const last = known.get(key);
  if (last && ms >= last.fromMs && ms < last.untilMs) return last;
  const found = findQuietTime(instant, timeZone);
  if (known.size >= MOST_KNOWN) known.clear();
  known.set(key, found);
  return found;
}

/** Whether a local time that is at `ms`, going by this quiet time, is there and nowhere else. */
export function isUnmistakable({ fromMs, untilMs }: QuietTime, ms: number): boolean {
  return ms >= fromMs + MARGIN_MS && ms < untilMs - MARGIN_MS;
}

/** A clock of the zone as a `Date` whose UTC fields it shows; temporal-polyfill takes 5 µs for them. */
export function localClock(instant: Temporal.Instant, timeZone: string): Date {
  return new Date(instant.epochMilliseconds + quietTimeAt(instant, timeZone).offsetMs);
}

function findQuietTime(instant: Temporal.Instant, timeZone: string): QuietTime {
  const zoned = instant.toZonedDateTimeISO(timeZone);
  // Strictly before: a change at the instant itself is where this quiet time begins.
  const previous = zoned.add({ nanoseconds: 1 }).getTimeZoneTransition('previous');
  const next = zoned.getTimeZoneTransition('next');
  return {
    fromMs: previous?.epochMilliseconds ?? Number.NEGATIVE_INFINITY,
    untilMs: next?.epochMilliseconds ?? Number.POSITIVE_INFINITY,
    offsetMs: zoned.offsetNanoseconds / 1_000_000,
  };
}
