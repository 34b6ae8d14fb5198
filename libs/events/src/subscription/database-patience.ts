import { setTimeout as sleep } from 'node:timers/promises';
import { isTransientDatabaseError, errorLine } from '@budget-buddy/platform';
import { Logger } from '@nestjs/common';
import { growingDelayMs } from '../broker/growing-delay';

/**
 * How long a message is held, in ms: long enough for a restart of PostgreSQL, short against the 30 minutes after
 * which the broker closes a channel that owes an answer.
 */
const MOST_HELD_MS = 60_000;

/** Fewer are not worth a line in the log: a transaction may lose against another one now and then. */
const UNNOTICED_FAILURES = 4;

/**
 * Tries work again while PostgreSQL is away or the work loses against other transactions: the message stays
 * unanswered with this process, so that the broker hands out no more than the prefetch, and goes on within seconds.
 */
export class DatabasePatience {
  private readonly logger = new Logger('DomainEvents');
  private waiting = false;

  /** @param mostHeldMs how long to try. */
  constructor(private readonly mostHeldMs = MOST_HELD_MS) {}

  /** @throws whatever the work throws that is of another kind; the last error when the time is over, or once aborted. */
  async run<T>(work: () => Promise<T>, signal: AbortSignal): Promise<T> {
    const endMs = performance.now() + this.mostHeldMs;
    for (let failures = 1; ; failures++) {
      try {
        const result = await work();
        if (failures > UNNOTICED_FAILURES) this.goesOn();
        return result;
      } catch (error) {
        if (!isTransientDatabaseError(error) || signal.aborted || performance.now() > endMs) throw error;
        if (failures === UNNOTICED_FAILURES) this.waits(error);
        await sleep(growingDelayMs(failures), undefined, { signal }).catch(() => undefined);
        if (signal.aborted) throw error;
      }
    }
  }

  /** Two lines for an outage, however many events wait and however long. */
  private waits(error: unknown): void {
    if (!this.waiting) this.logger.warn(`Events wait: ${errorLine(error)}`);
    this.waiting = true;
  }

  private goesOn(): void {
    if (this.waiting) this.logger.log('Events are handled again');
    this.waiting = false;
  }
}
