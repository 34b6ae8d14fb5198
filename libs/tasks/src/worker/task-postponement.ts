import { Injectable, Logger } from '@nestjs/common';
import { Clock, Database, errorLine, type Tx } from '@budget-buddy/platform';
import type { Temporal } from 'temporal-polyfill';
import { TaskLedger } from '../ledger/task-ledger';
import type { TaskRecord } from '../ledger/task-record';
import type { TaskHistoryEntry } from '../ledger/task-table';
import { RepeatedLines } from '../repeated-lines';
import type { UnreadableTaskError } from '../task/unreadable-task-error';
import { WORKER } from './attempt';
import { putOffDelay } from './put-off-delay';
import type { RunReport } from './task-runner';

/**
 * Puts off tasks that this build cannot read. The row says so and until when, and stays open: a build that can read it
 * runs it, and no try is used up.
 */
@Injectable()
export class TaskPostponement {
  private readonly logger = new Logger(TaskPostponement.name);
  private readonly lines = new RepeatedLines();

  constructor(
    private readonly database: Database,
    private readonly ledger: TaskLedger,
    private readonly clock: Clock,
  ) {}

  async putOff(tx: Tx, task: TaskRecord, error: UnreadableTaskError): Promise<RunReport> {
    const now = this.clock.now();
    const reason = errorLine(error);
    const before = task.history.at(-1);
    const first = before?.what === 'put-off' ? before : undefined;
    const delayMs = putOffDelay(now, first?.at);
    await this.ledger.change(tx, task, {
      status: task.status,
      dueAt: now.add({ milliseconds: delayMs }),
      reason: `put off: ${reason}`,
      // One entry however often: a row may be put off for months.
      entry: first ? undefined : entryOf(now, reason),
    });
    this.database.afterCommit(tx, async () => this.tell(task, error, reason));
    return { status: 'put-off', delayMs, reason };
  }

  private tell(task: TaskRecord, error: UnreadableTaskError, reason: string): void {
    this.lines.say(`${task.name} ${task.payloadVersion} ${error.name}`, (more) =>
      this.logger.error(
        { task: task.name, key: task.key, version: task.payloadVersion, error: reason, ...more },
        'task cannot be read by this build, it is put off for one that can',
      ),
    );
  }
}

function entryOf(now: Temporal.Instant, reason: string): TaskHistoryEntry {
  return { what: 'put-off', at: now.toString(), reason: `${reason} (${WORKER})` };
}
