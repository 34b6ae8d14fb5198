import { Injectable, Logger } from '@nestjs/common';
import { Clock, Database, isShared, isTransientDatabaseError, leaveGroup, type Tx } from '@budget-buddy/platform';
import { TaskLedger } from '../ledger/task-ledger';
import type { TaskRecord } from '../ledger/task-record';
import { decideRetry } from '../retry/retry-decision';
import { RetryPolicies } from '../retry/retry-policies';
import { TaskAttemptError } from '../retry/task-attempt-error';
import { TaskPostponedError } from '../retry/task-postponed-error';
import { TaskRegistry } from '../task/task-registry';
import { UnreadableTaskError } from '../task/unreadable-task-error';
import { decodePayload } from '../task/task-payload';
import type { TaskContext } from '../task/task-handler';
import { untilSoon } from '../timers/look-ahead';
import type { TimerReference } from '../timers/timer-reference';
import { attempted, type Attempt } from './attempt';
import { HeldTasks } from './held-tasks';
import { isNearlyDue, judgeTimer, type TimerVerdict } from './timer-verdict';
import { TaskHandlers } from './task-handlers';
import { TaskFailures } from './task-failures';
import { TaskPostponement } from './task-postponement';
import { outcomeOf, type TaskOutcome } from './task-result';
import { type Fired, TaskTransactions } from './task-transactions';

/** What a timer that fired led to. */
export type RunReport =
  | TaskOutcome
  | { readonly status: 'nothing-to-do'; readonly reason: string }
  | { readonly status: 'not-yet'; readonly delayMs: number }
  | { readonly status: 'held'; readonly delayMs: number; readonly reason: string }
  | { readonly status: 'put-off'; readonly delayMs: number; readonly reason: string }
  | { readonly status: 'retrying'; readonly delayMs: number; readonly error: string }
  | { readonly status: 'failed'; readonly error: string };

/**
 * Runs a task whose timer fired: claims its row, has the handler do its work, and settles the row, all in one
 * transaction (in which other tasks may do the same), so that a task which is run twice has its effect once. A failure is recorded in a transaction of its own.
 */
@Injectable()
export class TaskRunner {
  private readonly logger = new Logger(TaskRunner.name);

  constructor(
    private readonly database: Database,
    private readonly ledger: TaskLedger,
    private readonly clock: Clock,
    private readonly registry: TaskRegistry,
    private readonly policies: RetryPolicies,
    private readonly handlers: TaskHandlers,
    private readonly transactions: TaskTransactions,
    private readonly failures: TaskFailures,
    private readonly postponement: TaskPostponement,
    private readonly held: HeldTasks,
  ) {}

  /** @throws DatabaseUnavailableError and alike: nothing has happened, and no try is used up. */
  async run(timer: TimerReference, fired: Fired): Promise<RunReport> {
    let attempt: Attempt | undefined;
    try {
      return await this.transactions.run(fired, async (tx) => {
        attempt = undefined;
        const task = await this.ledger.lockIfFree(tx, timer.key);
        if (!task && (await this.ledger.exists(tx, timer.key))) return this.held.putOff(timer);
        const verdict = await this.verdictWhenDue(tx, timer, task);
        if (verdict.run === false) return verdict.report;
        const payload = this.read(verdict.task);
        if (payload instanceof UnreadableTaskError) return this.postponement.putOff(tx, verdict.task, payload);
        attempt = { task: verdict.task, number: verdict.task.attempts + 1, startedAt: this.clock.now() };
        return this.settle(tx, attempt, await this.perform(tx, attempt, payload));
      });
    } catch (error) {
      if (!attempt || !countsAsAttempt(error)) throw error;
      return this.failures.record(attempt, this.judge(error, attempt));
    }
  }

  /** A moment before it is due it waits with the row in its hands: whoever cancels or moves the task meanwhile comes after it. */
  private async verdictWhenDue(tx: Tx, timer: TimerReference, task: TaskRecord | undefined): Promise<TimerVerdict> {
    const verdict = judgeTimer(timer, task, this.clock.now());
    if (!isShared(tx) || !isNearlyDue(verdict)) return verdict;
    await untilSoon(task!.dueAt.epochMilliseconds, this.clock);
    return judgeTimer(timer, task, this.clock.now());
  }

  private read(task: TaskRecord): object {
    try {
      return decodePayload(this.registry.named(task.name).type, task);
    } catch (error) {
      if (error instanceof UnreadableTaskError) return error;
      throw error;
    }
  }

  private async perform(tx: Tx, attempt: Attempt, payload: object): Promise<TaskOutcome> {
    const { name } = attempt.task;
    const context = this.contextOf(tx, attempt, this.registry.named(name).maxRetries);
    const handler = this.handlers.of(name);
    // The timer's job was under another name.
    if (isShared(tx) && !handler.sharesTransaction) leaveGroup(tx);
    return outcomeOf(await handler.handle(payload, context));
  }

  private async settle(tx: Tx, attempt: Attempt, outcome: TaskOutcome): Promise<TaskOutcome> {
    await this.ledger.change(tx, attempt.task, {
      reason: null,
      ...outcome,
      entry: attempted(attempt, this.clock.now(), { outcome: outcome.status }),
    });
    this.database.afterCommit(tx, async () => this.logSettled(attempt, outcome));
    return outcome;
  }

  private contextOf(transaction: Tx, { task, number, startedAt }: Attempt, maxRetries: number): TaskContext {
    const { key, name, revision, eta } = task;
    return { key, name, attempt: number, maxRetries, revision, eta, startedAt, transaction };
  }

  /** What the retry interceptor decided; for an error from elsewhere (result, an interceptor), the same rule. */
  private judge(error: unknown, { task, number }: Attempt): TaskAttemptError {
    if (error instanceof TaskAttemptError) return error;
    return new TaskAttemptError(error, decideRetry(error, number, this.policies.of(task.name)));
  }

  private logSettled({ task, number, startedAt }: Attempt, outcome: TaskOutcome): void {
    const due = Math.max(task.eta.epochMilliseconds, task.createdAt.epochMilliseconds);
    const reason = outcome.status === 'skipped' ? { reason: outcome.reason } : {};
    this.logger.log(
      { task: task.name, key: task.key, attempt: number, latenessMs: startedAt.epochMilliseconds - due, ...reason },
      `task ${outcome.status}`,
    );
  }
}

function countsAsAttempt(error: unknown): boolean {
  return !(error instanceof TaskPostponedError) && !isTransientDatabaseError(error);
}
