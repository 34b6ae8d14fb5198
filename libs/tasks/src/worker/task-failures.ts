import { Injectable, Logger } from '@nestjs/common';
import { Clock, Database, isTransientDatabaseError, type Tx, errorLine, maskCredentials } from '@budget-buddy/platform';
import { TaskLedger } from '../ledger/task-ledger';
import { isOpen } from '../ledger/task-record';
import { TaskAttemptError } from '../retry/task-attempt-error';
import { decodePayload } from '../task/task-payload';
import { TaskRegistry } from '../task/task-registry';
import { attempted, type Attempt } from './attempt';
import { TaskHandlers } from './task-handlers';
import type { RunReport } from './task-runner';

/** Records failed attempts: the next try's due time, or that the task is given up, with what its handler says to that. */
@Injectable()
export class TaskFailures {
  private readonly logger = new Logger(TaskFailures.name);

  constructor(
    private readonly database: Database,
    private readonly ledger: TaskLedger,
    private readonly clock: Clock,
    private readonly registry: TaskRegistry,
    private readonly handlers: TaskHandlers,
  ) {}

  async record(attempt: Attempt, failure: TaskAttemptError): Promise<RunReport> {
    const { decision } = failure;
    return decision.retry
      ? this.retryLater(attempt, failure, decision.delayMs)
      : this.giveUp(attempt, failure, decision.why);
  }

  private async retryLater(attempt: Attempt, failure: TaskAttemptError, delayMs: number): Promise<RunReport> {
    const { message: error } = failure;
    const failedAt = this.clock.now();
    const next = failedAt.add({ milliseconds: delayMs });
    const nextDueAt = next.toString();
    const recorded = await this.ifStillOurs(attempt, async (tx) => {
      await this.ledger.change(tx, attempt.task, {
        status: 'retrying',
        reason: null,
        attempts: attempt.number,
        dueAt: next,
        entry: attempted(attempt, failedAt, { outcome: 'failed', error, nextDueAt }),
      });
    });
    if (!recorded) return superseded();
    this.logger.warn({ ...this.about(attempt, failure), nextDueAt }, 'task failed, will be retried');
    return { status: 'retrying', delayMs, error };
  }

  private async giveUp(attempt: Attempt, failure: TaskAttemptError, why: string): Promise<RunReport> {
    const { message: error } = failure;
    const recorded = await this.recordFinal(attempt, error, `${error} (${why})`);
    if (!recorded) return superseded();
    this.logger.error({ ...this.about(attempt, failure), why }, 'task failed for good; it is kept and can be replayed');
    return { status: 'failed', error };
  }

  private async recordFinal(attempt: Attempt, error: string, reason: string): Promise<boolean> {
    try {
      return await this.ifStillOurs(attempt, async (tx) => {
        await this.fail(tx, attempt, error, reason);
        await this.tellHandler(tx, attempt, error);
      });
    } catch (hookError) {
      if (isTransientDatabaseError(hookError)) throw hookError;
      // The failure must be on record even when the handler's own answer to it fails.
      this.logger.error(this.about(attempt, hookError), 'failed() of the handler threw');
      const both = `${reason}; then its failed() threw ${errorLine(hookError)}`;
      return this.ifStillOurs(attempt, (tx) => this.fail(tx, attempt, error, both));
    }
  }

  private async fail(tx: Tx, attempt: Attempt, error: string, reason: string): Promise<void> {
    await this.ledger.change(tx, attempt.task, {
      status: 'failed',
      attempts: attempt.number,
      reason,
      entry: attempted(attempt, this.clock.now(), { outcome: 'failed', error }),
    });
  }

  private async tellHandler(tx: Tx, attempt: Attempt, error: string): Promise<void> {
    const { key, name, revision, eta } = attempt.task;
    const { type, maxRetries } = this.registry.named(name);
    const handler = this.handlers.of(name);
    if (!handler.failed) return;
    const context = {
      key,
      name,
      revision,
      eta,
      maxRetries,
      attempt: attempt.number,
      startedAt: attempt.startedAt,
      transaction: tx,
    };
    // Read anew: the handler may have changed what it was given. It could be read, or there were no attempt.
    const task = decodePayload(type, attempt.task);
    await handler.failed(task, { error, attempts: attempt.number, failedAt: this.clock.now() }, context);
  }

  /** Between the attempt's rollback and now the task may have been moved or cancelled, or run by somebody else. */
  private async ifStillOurs(attempt: Attempt, work: (tx: Tx) => Promise<void>): Promise<boolean> {
    return this.database.transaction(async (tx) => {
      const task = await this.ledger.lock(tx, attempt.task.key);
      const ours =
        task && isOpen(task) && task.revision === attempt.task.revision && task.attempts === attempt.task.attempts;
      if (ours) await work(tx);
      return ours ?? false;
    });
  }

  private about({ task, number }: Attempt, failure: unknown) {
    const error = failure instanceof TaskAttemptError ? failure.cause : failure;
    const stack = error instanceof Error && error.stack ? { stack: maskCredentials(error.stack) } : {};
    return { task: task.name, key: task.key, attempt: number, error: errorLine(error), ...stack };
  }
}

function superseded(): RunReport {
  return { status: 'nothing-to-do', reason: 'the task was changed while it ran' };
}
