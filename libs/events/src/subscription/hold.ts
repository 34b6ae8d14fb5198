import { setTimeout as sleep } from 'node:timers/promises';
import { isTransientDatabaseError } from '@budget-buddy/platform';
import { growingDelayMs } from '../broker/growing-delay';

/**
 * How long a message is held, in ms: long enough for a restart of PostgreSQL, short against the 30 minutes after
 * which the broker closes a channel that owes an answer.
 */
const MOST_HELD_MS = 60_000;

/**
 * Tries work again while PostgreSQL is away or the work loses against other transactions: the message stays
 * unanswered with this process, so that the broker hands out no more than the prefetch, and goes on within seconds.
 * @throws whatever the work throws that is of another kind; the last error after a minute, or once aborted.
 */
export async function holdWhileDatabaseAway<T>(
  work: () => Promise<T>,
  signal: AbortSignal,
  mostHeldMs = MOST_HELD_MS,
): Promise<T> {
  const start = performance.now();
  for (let failures = 1; ; failures++) {
    try {
      return await work();
    } catch (error) {
      const held = performance.now() - start;
      if (!isTransientDatabaseError(error) || signal.aborted || held > mostHeldMs) throw error;
      await sleep(growingDelayMs(failures), undefined, { signal }).catch(() => undefined);
      if (signal.aborted) throw error;
    }
  }
}
