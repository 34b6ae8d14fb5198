import { setTimeout as sleep } from 'node:timers/promises';

/** What {@link until} needs to know. */
interface UntilOptions {
  /** What is waited for, as the error says it. */
  what: string;
  /** Gives up when `count` has not changed for so long, in ms. */
  patienceMs: number;
  /** How often it is asked, in ms. */
  everyMs?: number;
}

/** What was waited for has come to a standstill. */
export class StandstillError extends Error {
  override readonly name = 'StandstillError';
}

/**
 * Waits until `count` is `target`. @returns when it was seen, in ms as `performance.now()` has them.
 * @throws StandstillError that tells how far it came.
 */
export async function until(
  target: number,
  count: () => Promise<number> | number,
  { what, patienceMs, everyMs = 10 }: UntilOptions,
): Promise<number> {
  let last = Number.NaN;
  let changedAt = performance.now();
  for (;;) {
    const now = await count();
    const seenAt = performance.now();
    if (now === target) return seenAt;
    if (now !== last) [last, changedAt] = [now, seenAt];
    if (seenAt - changedAt > patienceMs) {
      throw new StandstillError(`${what}: ${last} for ${patienceMs} ms, expected ${target}`);
    }
    await sleep(everyMs);
  }
}
