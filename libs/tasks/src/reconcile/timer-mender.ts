import { Injectable } from '@nestjs/common';
import { Clock, Database } from '@budget-buddy/platform';
import { TaskLedger } from '../ledger/task-ledger';
import type { OpenTask } from '../ledger/open-task';
import { isOpen } from '../ledger/task-record';
import { TaskTimers } from '../timers/task-timers';
import type { TimerFault } from './timer-judgement';

/** Makes a timer what the ledger says it should be. Everything it does may be done twice, and at the same time as a worker. */
@Injectable()
export class TimerMender {
  constructor(
    private readonly database: Database,
    private readonly ledger: TaskLedger,
    private readonly timers: TaskTimers,
    private readonly clock: Clock,
  ) {}

  async mend(task: OpenTask, fault: TimerFault): Promise<void> {
    if (fault === 'stuck') return this.replace(task);
    // A job that is left over (without its hash, or at another time) would keep the new one out.
    await this.timers.forget(task);
    await this.timers.set(task);
  }

  /** Its job is over and keeps its id for a while: the task needs a timer of another revision. */
  private async replace({ key, revision }: OpenTask): Promise<void> {
    await this.database.transaction(async (tx) => {
      const task = await this.ledger.lock(tx, key);
      if (!task || !isOpen(task) || task.revision !== revision) return;
      const at = this.clock.now().toString();
      const replaced = await this.ledger.change(tx, key, {
        status: task.status === 'retrying' ? 'retrying' : 'scheduled',
        replacesTimer: true,
        entry: { what: 'revived', at, reason: 'it was due, and its timer was over' },
      });
      this.database.afterCommit(tx, () => this.timers.set(replaced));
    });
  }
}
