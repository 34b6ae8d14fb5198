import type { Job } from 'bull';

/**
 * So long before it is due, in ms, a worker takes a timer from Redis and waits for the moment itself: on its way from there to the
 * worker it would wait for a core of a busy machine several times. Chosen by measurement (ADR 0085).
 */
export const LOOK_AHEAD_MS = 50;

/**
 * When a timer's job is due by its own account, in ms since 1970. A job that was put off since then is due later, and nothing in
 * it tells; not a number where it is no job of ours.
 */
export function dueAtMs({ timestamp, opts }: Pick<Job, 'timestamp' | 'opts'>): number {
  return timestamp + (opts.delay ?? Number.NaN);
}

/** Resolves in `ms`, if that is soon; at once otherwise. */
export async function soon(ms: number): Promise<void> {
  if (ms > 0 && ms <= LOOK_AHEAD_MS) await new Promise((resolve) => setTimeout(resolve, ms));
}
