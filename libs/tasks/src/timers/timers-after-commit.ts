import { Injectable, Logger } from '@nestjs/common';
import { Database, errorLine, type Tx } from '@budget-buddy/platform';
import type { TaskRecord } from '../ledger/task-record';
import { RepeatedLines } from '../repeated-lines';
import { TaskTimers } from './task-timers';

/**
 * Sets and removes timers once what they follow from is committed. What Redis cannot do then is no error of the
 * caller's: the ledger stands, and the reconciler mends it later.
 */
@Injectable()
export class TimersAfterCommit {
  private readonly logger = new Logger(TimersAfterCommit.name);
  private readonly lines = new RepeatedLines();

  constructor(
    private readonly database: Database,
    private readonly timers: TaskTimers,
  ) {}

  set(tx: Tx, task: TaskRecord): void {
    this.database.afterCommit(tx, () => this.tolerating(task, 'set', () => this.timers.set(task)));
  }

  remove(tx: Tx, task: TaskRecord): void {
    this.database.afterCommit(tx, () => this.tolerating(task, 'removed', () => this.timers.remove(task)));
  }

  private async tolerating(task: TaskRecord, what: string, work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.tell(task, what, errorLine(error));
    }
  }

  private tell(task: TaskRecord, what: string, error: string): void {
    this.lines.say(`${what} ${error}`, (more) =>
      this.logger.warn(
        { task: task.name, key: task.key, error, ...more },
        `timer not ${what}; it is left to the reconciler`,
      ),
    );
  }
}
