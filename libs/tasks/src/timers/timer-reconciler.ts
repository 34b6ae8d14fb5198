import { Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { Clock, Shutdown, errorLine } from '@budget-buddy/platform';
import type { Temporal } from 'temporal-polyfill';
import { TaskLedger } from '../ledger/task-ledger';
import type { TaskRecord } from '../ledger/task-record';
import { TasksConfiguration } from '../tasks-configuration';
import { TaskQueues } from './task-queues';
import { TaskTimers } from './task-timers';

/** Tasks that are compared at a time. */
const PAGE = 1000;

/** How far ahead of their due time the frequent comparison looks, in ms. */
const SOON_MS = 60_000;

/** How often all open tasks are compared, in ms. */
const FULL_INTERVAL_MS = 600_000;

/**
 * Sets the timers that are missing: Redis was away when the task was scheduled, was flushed, or the process died
 * between its commit and its timer. All open tasks when it starts and whenever Redis is back; those due soon often.
 */
@Injectable()
export class TimerReconciler implements OnApplicationBootstrap {
  private readonly logger = new Logger(TimerReconciler.name);
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> | undefined;
  private nextFull = 0;
  private stopped = false;

  constructor(
    private readonly ledger: TaskLedger,
    private readonly timers: TaskTimers,
    private readonly queues: TaskQueues,
    private readonly clock: Clock,
    private readonly configuration: TasksConfiguration,
    shutdown: Shutdown,
  ) {
    shutdown.on('stop-intake', 'reconciler', () => this.stop());
  }

  onApplicationBootstrap(): void {
    for (const { client } of this.queues.all) client.on('ready', () => this.soon({ full: true }));
    this.soon({ full: true });
  }

  /** Sets every missing timer of the tasks due until `until` (all open ones without it). Resolves to how many it set. */
  async reconcile(until?: Temporal.Instant): Promise<number> {
    let mended = 0;
    let page: TaskRecord[] = [];
    do {
      page = await this.ledger.openPage(until, page.at(-1), PAGE);
      const missing = await this.timers.missing(page);
      await Promise.all(missing.map((task) => this.timers.set(task)));
      mended += missing.length;
    } while (page.length === PAGE && !this.stopped);
    if (mended > 0)
      this.logger.warn({ mended, until: until?.toString() }, 'timers were missing in Redis and are set again');
    return mended;
  }

  private soon({ full }: { full: boolean }): void {
    if (full) this.nextFull = 0;
    this.plan(0);
  }

  private plan(delayMs: number): void {
    if (this.stopped) return;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      this.running ??= this.round().finally(() => {
        this.running = undefined;
        this.plan(this.configuration.reconcileInterval.total('milliseconds'));
      });
    }, delayMs);
  }

  private async round(): Promise<void> {
    const now = performance.now();
    const full = now >= this.nextFull;
    try {
      await this.reconcile(full ? undefined : this.clock.now().add({ milliseconds: SOON_MS }));
      if (full) this.nextFull = now + FULL_INTERVAL_MS;
    } catch (error) {
      this.logger.warn({ error: errorLine(error) }, 'timers could not be compared with the ledger, will try again');
    }
  }

  private async stop(): Promise<void> {
    this.stopped = true;
    clearTimeout(this.timer);
    await this.running;
  }
}
