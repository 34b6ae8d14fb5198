import { Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { errorLine, Shutdown } from '@budget-buddy/platform';
import { TasksConfiguration } from '../tasks-configuration';
import { TaskQueues } from '../timers/task-queues';
import { MemoryLoss } from './memory-loss';
import { faults, type ReconciliationScope } from './reconciliation';
import { ReconciliationRecord } from './reconciliation-record';
import { ReconcilerLeadership } from './reconciler-leadership';
import { TimerReconciliation } from './timer-reconciliation';

/** Their row names a queue that nobody declares any more: the operator has to say what is to become of them. */
const STRANDED =
  'open tasks are in queues that BUDGETBUDDY_QUEUES does not declare: they will not run. Declare their queues again, ' +
  'or schedule them anew';

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
  private allDueMs = 0;

  constructor(
    private readonly memory: MemoryLoss,
    queues: TaskQueues,
    private readonly reconciliation: TimerReconciliation,
    private readonly leadership: ReconcilerLeadership,
    private readonly record: ReconciliationRecord,
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
        this.plan(this.configuration.reconcileInterval.total('milliseconds'));
      });
    }, delayMs);
  }

  private async next(): Promise<void> {
    try {
      const lost = await this.memory.detect();
      const scope = lost || performance.now() >= this.allDueMs ? 'all' : 'soon';
      await this.leadership.ifLeader(() => this.reconcile(scope));
      // Whoever leads compares all; the others need not do so as well until it is due again.
      if (scope === 'all')
        this.allDueMs = performance.now() + this.configuration.reconcileAllInterval.total('milliseconds');
    } catch (error) {
      this.allDueMs = 0;
      this.logger.warn({ error: errorLine(error) }, 'timers could not be compared with the ledger, will try again');
    }
  }

  private async reconcile(scope: ReconciliationScope): Promise<void> {
    const startedMs = performance.now();
    const findings = await this.reconciliation.run(scope, this.stopping.signal);
    const durationMs = Math.round(performance.now() - startedMs);
    if (scope === 'all') this.logger.log({ ...findings, durationMs }, 'all timers were compared with the ledger');
    if (scope === 'all' && findings.stranded > 0) this.logger.error({ stranded: findings.stranded }, STRANDED);
    if (faults(findings) === 0) return;
    this.logger.warn({ scope, ...findings, durationMs }, 'timers were not as the ledger wants them, and are mended');
    await this.record.keep(scope, findings, durationMs);
  }

  private async stop(): Promise<void> {
    this.stopping.abort();
    clearTimeout(this.timer);
    await this.round;
  }
}
