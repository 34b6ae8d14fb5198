import { Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { collectGarbage, errorLine, Shutdown } from '@budget-buddy/platform';
import { TasksConfiguration } from '../tasks-configuration';
import { TaskQueues } from '../timers/task-queues';
import { TimerHorizon } from '../timers/timer-horizon';
import { FullComparisons, isFullComparisonDue } from './full-comparisons';
import { type Memories, MemoryLoss } from './memory-loss';
import type { ReconciliationScope } from './reconciliation';
import { ReconciliationReport } from './reconciliation-report';
import { ReconcilerLeadership } from './reconciler-leadership';
import { type ReconciliationOptions, TimerReconciliation } from './timer-reconciliation';

const LONGEST_PAUSE_AFTER_FAILURE_MS = 5_000;

/** What was read of so many tasks is megabytes of old objects (docs/profiles.md). */
const MANY = 10_000;

/**
 * Keeps the timers in Redis as the ledger wants them: compares those of tasks due soon on a short interval, and all on a
 * longer one, when it starts, and as soon as Redis has lost its memory. One at a time does so, in whichever process.
 */
@Injectable()
export class TimerReconciler implements OnApplicationBootstrap {
  private readonly logger = new Logger(TimerReconciler.name);
  private readonly stopping = new AbortController();
  private timer: NodeJS.Timeout | undefined;
  private round: Promise<void> | undefined;
  /**
   * The number of the full comparison that this process wants to see: one that began after it had started, or failed.
   * Undefined until it is known.
   */
  private owed: number | undefined;

  constructor(
    private readonly memory: MemoryLoss,
    queues: TaskQueues,
    private readonly reconciliation: TimerReconciliation,
    private readonly leadership: ReconcilerLeadership,
    private readonly comparisons: FullComparisons,
    private readonly report: ReconciliationReport,
    private readonly horizon: TimerHorizon,
    private readonly configuration: TasksConfiguration,
    shutdown: Shutdown,
  ) {
    // Redis being back is when its memory is to be looked at, not at the next interval.
    for (const { client } of queues.all) client.on('ready', () => this.plan(0));
    shutdown.on('stop-intake', 'reconciler', () => this.stop());
  }

  onApplicationBootstrap(): void {
    this.plan(0);
  }

  private plan(delayMs: number): void {
    if (this.stopping.signal.aborted) return;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      this.round ??= this.next().finally(() => {
        this.round = undefined;
        this.plan(this.pauseMs());
      });
    }, delayMs);
  }

  private pauseMs(): number {
    const intervalMs = this.configuration.reconcileInterval.total('milliseconds');
    return this.owed === undefined ? Math.min(intervalMs, LONGEST_PAUSE_AFTER_FAILURE_MS) : intervalMs;
  }

  private async next(): Promise<void> {
    try {
      this.owed ??= (await this.comparisons.soFar()).begun + 1;
      const owed = this.owed;
      const memories = await this.memory.memories();
      await this.leadership.ifLeader(async ({ assertHolds }) => {
        await this.lead(memories, owed, () => {
          this.stopping.signal.throwIfAborted();
          assertHolds();
        });
      });
    } catch (error) {
      if (this.stopping.signal.aborted) return;
      this.owed = undefined;
      this.logger.warn({ error: errorLine(error) }, 'timers could not be compared with the ledger, will try again');
    }
  }

  private async lead(memories: Memories, owed: number, mayGoOn: () => void): Promise<void> {
    const soFar = await this.comparisons.soFar();
    const { timersUntil } = soFar;
    const intervalMs = this.configuration.reconcileAllInterval.total('milliseconds');
    if (!isFullComparisonDue(soFar, memories, owed, intervalMs)) {
      await this.reconcile('soon', { mayGoOn, timersUntil });
      return;
    }
    const number = await this.comparisons.begin();
    const edge = this.horizon.edge();
    const compared = await this.reconcile('all', { mayGoOn, timersUntil });
    mayGoOn();
    await this.comparisons.complete(number, memories, edge);
    // Once in a process's life, when it starts: nothing else is done meanwhile, and what is due would be late.
    if (soFar.completed < owed && compared >= MANY) collectGarbage();
  }

  /** @returns how many tasks were compared with their timers. */
  private async reconcile(scope: ReconciliationScope, options: ReconciliationOptions): Promise<number> {
    const startedMs = performance.now();
    const run = this.reconciliation.prepare(options);
    let complete = false;
    try {
      await this.reconciliation.run(scope, run);
      complete = true;
      return run.findings.compared;
    } finally {
      await this.report.give(scope, run, { complete, durationMs: Math.round(performance.now() - startedMs) });
    }
  }

  private async stop(): Promise<void> {
    this.stopping.abort();
    clearTimeout(this.timer);
    await this.round;
  }
}
