import { setTimeout as delay } from 'node:timers/promises';
import type { Job } from 'bull';
import type { Clock } from '@budget-buddy/platform';

/**
 * So long before it is due, in ms, a worker takes a timer from Redis and waits for the moment itself: on its way from there to the
 * worker it would wait for a core of a busy machine several times. Chosen by measurement (ADR 0085). Whatever Bull is told to
 * delay by less comes back at once.
 */
export const LOOK_AHEAD_MS = 50;

/**
 * So long before it is due, in ms, a task that shares a transaction has it begun, and its row locked: the way to PostgreSQL and back
 * is one on which it would wait for a core, too. Chosen by measurement (ADR 0086).
 */
export const CLAIM_AHEAD_MS = 20;

/** As long as a worker waits at the most, in ms: the clock of the one that took the timer may be ahead of its own. */
export const MOST_WAIT_MS = 250;

/** Node's timers may fire a ms early; more often than this only a clock that stands still does. */
const MOST_TURNS = 5;

/**
 * When a timer's job is due by its own account, in ms since 1970. A job that was put off since then is due later, and nothing in
 * it tells; not a number where it is no job of ours.
 */
export function dueAtMs({ timestamp, opts }: Pick<Job, 'timestamp' | 'opts'>): number {
  return timestamp + (opts.delay ?? Number.NaN);
}

/** Resolves at an instant, in ms since 1970, if that is soon; at once otherwise. */
export async function untilSoon(epochMs: number, clock: Clock): Promise<void> {
  for (let turn = 0; turn < MOST_TURNS; turn++) {
    const ms = epochMs - clock.now().epochMilliseconds;
    if (!(ms > 0 && ms <= MOST_WAIT_MS)) return;
    await delay(ms);
  }
}
