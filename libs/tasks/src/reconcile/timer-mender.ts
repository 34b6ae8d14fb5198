import { Injectable } from '@nestjs/common';
import { Clock, Database } from '@budget-buddy/platform';
import { TaskLedger } from '../ledger/task-ledger';
import type { OpenTask } from '../ledger/open-task';
import { isOpen } from '../ledger/task-record';
import { TaskAttemptError } from '../retry/task-attempt-error';
import { MAX_STALLED_COUNT } from '../timers/queue-options';
import { TaskTimers } from '../timers/task-timers';
import { TaskFailures } from '../worker/task-failures';
import type { TimerState } from './timer-state';

/** What Bull writes to a job whose worker was lost more often than `maxStalledCount` (bull/lib/commands/moveStalledJobsToWait-7.lua). */
const STALLED_TOO_OFTEN = 'job stalled more than allowable limit';

/** A task that loses every worker it is given to: it may well be what ends them. */
export class WorkersLostError extends Error {
  override readonly name = 'WorkersLostError';
}

/** Makes a timer what the ledger says it should be. Everything it does may be done twice, and at the same time as a worker. */
@Injectable()
export class TimerMender {
  constructor(
    private readonly database: Database,
    private readonly ledger: TaskLedger,
    private readonly timers: TaskTimers,
    private readonly clock: Clock,
    private readonly failures: TaskFailures,
  ) {}

  /** Sets the timer of a task whose own is missing or would fire late. */
  async set(task: OpenTask, found: TimerState): Promise<void> {
    // What is left over (a job that is over or at another time, a place without its job) would keep the new one out.
    if (found.exists || found.delayedUntilMs !== undefined) await this.timers.forget(task);
    await this.timers.set(task);
  }

  /**
   * Gives a task whose timer is over, and whose job keeps its id for a while, a timer of another revision; or gives it up,
   * if it has lost too many workers.
   * @returns false when it is not stuck after all: somebody is at it, or it has been changed.
   */
  async replace(task: OpenTask): Promise<boolean> {
    const job = await this.timers.find(task);
    return job?.failedReason === STALLED_TOO_OFTEN ? this.giveUp(task) : this.revive(task);
  }

  /** What the lost workers did was rolled back, so that all of it together counts as one attempt, and the last. */
  private async giveUp({ key, revision }: OpenTask): Promise<boolean> {
    const task = await this.ledger.find(key);
    if (!task || !isOpen(task) || task.revision !== revision) return false;
    const error = new WorkersLostError(`its worker was lost ${MAX_STALLED_COUNT + 1} times while it ran`);
    const attempt = { task, number: task.attempts + 1, startedAt: this.clock.now() };
    const why = 'it may be what ends them';
    const report = await this.failures.record(attempt, new TaskAttemptError(error, { retry: false, why }));
    return report.status === 'failed';
  }

  private async revive({ key, revision }: OpenTask): Promise<boolean> {
    return this.database.transaction(async (tx) => {
      const task = await this.ledger.lockIfFree(tx, key);
      if (!task || !isOpen(task) || task.revision !== revision) return false;
      const at = this.clock.now().toString();
      const replaced = await this.ledger.change(tx, task, {
        status: task.status === 'retrying' ? 'retrying' : 'scheduled',
        replacesTimer: true,
        entry: { what: 'revived', at, reason: 'it was due, and its timer was over' },
      });
      this.database.afterCommit(tx, () => this.timers.set(replaced));
      return true;
    });
  }
}
