import { setTimeout as delay } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import { errorLine } from '../error-line';
import type { Database } from '../postgres/database';
import type { Shutdown } from '../shutdown/shutdown';
import type { ExpiredRows, RemoveBatch, RemovedBatch } from './expired-rows';
import { RetentionLease } from './retention-lease';

/** From the end of a pass to the next one, in whichever process, in ms. */
const BETWEEN_PASSES_MS = 900_000;
/** How often each process looks whether it is time, in ms: by then another one has taken over from one that was killed. */
const LOOK_MS = 60_000;
const FIRST_RETRY_MS = 1_000;
/** How long a batch's rest is, in times of the batch: live traffic gets most of PostgreSQL. */
const REST_SHARE = 4;
/** Shorter than the lease. */
const MOST_REST_MS = 5_000;

/** What is removed, and by whose leave. */
export interface RetentionOptions {
  /** As the log and the shutdown tell of it: `outbox`. */
  readonly name: string;
  /** The table of its {@link RetentionLease}. */
  readonly leaseTable: string;
  readonly rows: readonly ExpiredRows[];
}

/**
 * Removes what has been kept long enough: in the background, in small transactions with rests between them, by one
 * process at a time. What an outage, a kill or a shutdown breaks off goes on with the next pass.
 */
export class Retention {
  private readonly logger = new Logger(Retention.name);
  private readonly stopping = new AbortController();
  private readonly lease: RetentionLease;
  private running?: Promise<void>;
  private failures = 0;

  constructor(
    private readonly database: Database,
    private readonly options: RetentionOptions,
  ) {
    this.lease = new RetentionLease(options.leaseTable);
  }

  /** Begins, and ends with the first phase of the shutdown: at once, but for the batch that is being removed. */
  start(shutdown: Shutdown): void {
    shutdown.on('stop-intake', `retention (${this.options.name})`, () => this.stop());
    this.running = this.run();
  }

  /** One pass, if it is due and no other process is at it. @throws DatabaseUnavailableError; what is removed stays so. */
  async pass(): Promise<void> {
    for (const rows of this.options.rows) {
      if (!(await this.remove(rows))) return;
    }
    await this.database.transaction((tx) => this.lease.rest(tx, BETWEEN_PASSES_MS));
  }

  private async stop(): Promise<void> {
    this.stopping.abort();
    await this.running;
  }

  private async run(): Promise<void> {
    while (!this.stopping.signal.aborted) {
      const pauseMs = await this.pass().then(
        () => this.succeeded(),
        (error: unknown) => this.failed(error),
      );
      await this.pause(pauseMs);
    }
  }

  /** @returns false when this process is not the one to remove anything. */
  private async remove(rows: ExpiredRows): Promise<boolean> {
    const startedMs = performance.now();
    const removeBatch = rows.walk();
    let removed = 0;
    try {
      for (;;) {
        const beganMs = performance.now();
        const batch = await this.step(removeBatch);
        if (!batch) return false;
        removed += batch.removed;
        if (batch.isLast) return true;
        await this.pause(Math.min((performance.now() - beganMs) * REST_SHARE, MOST_REST_MS));
      }
    } finally {
      const durationMs = Math.round(performance.now() - startedMs);
      if (removed > 0) this.logger.log({ removed, durationMs }, `${rows.what} were kept long enough, and are removed`);
    }
  }

  private async step(removeBatch: RemoveBatch): Promise<RemovedBatch | undefined> {
    if (this.stopping.signal.aborted) return undefined;
    return this.database.transaction(async (tx) => ((await this.lease.take(tx)) ? removeBatch(tx) : undefined));
  }

  private succeeded(): number {
    if (this.failures > 0) this.logger.log(`Removing what is old goes on (${this.options.name})`);
    this.failures = 0;
    return LOOK_MS;
  }

  /** One line for an outage, however long. */
  private failed(error: unknown): number {
    if (this.failures++ === 0) {
      this.logger.warn(
        { error: errorLine(error) },
        `Removing what is old is interrupted, trying again (${this.options.name})`,
      );
    }
    return Math.min(FIRST_RETRY_MS * 2 ** (this.failures - 1), LOOK_MS);
  }

  private async pause(ms: number): Promise<void> {
    await delay(ms, undefined, { signal: this.stopping.signal }).catch(() => undefined);
  }
}
