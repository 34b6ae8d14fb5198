import { Injectable, Logger } from '@nestjs/common';
import { Clock, Database, isTransientDatabaseError, type Tx } from '@budget-buddy/platform';
import { TaskLedger } from '../ledger/task-ledger';
import { decideRetry } from '../retry/retry-decision';
import { RetryPolicies } from '../retry/retry-policies';
import { TaskAttemptError } from '../retry/task-attempt-error';
import { TaskPostponedError } from '../retry/task-postponed-error';
import { TaskRegistry } from '../task/task-registry';
import { UnknownTaskError } from '../task/unknown-task-error';
import { decodePayload } from '../task/task-payload';
import type { TaskContext } from '../task/task-handler';
import type { TimerReference } from '../timers/timer-reference';
import { attempted, type Attempt } from './attempt';
import { judgeTimer } from './timer-verdict';
import { TaskHandlers } from './task-handlers';
import { TaskFailures } from './task-failures';
import { outcomeOf, type TaskOutcome } from './task-result';

/** What a timer that fired led to. */
export type RunReport =
  | TaskOutcome
  | { readonly status: 'nothing-to-do'; readonly reason: string }
  | { readonly status: 'not-yet'; readonly delayMs: number }
  | { readonly status: 'retrying'; readonly delayMs: number; readonly error: string }
  | { readonly status: 'failed'; readonly error: string };

/**
 * Runs a task whose timer fired: claims its row, has the handler do its work, and settles the row, all in one
 * transaction, so that a task which is run twice has its effect once. A failure is recorded in a transaction of its own.
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
    private readonly failures: TaskFailures,
  ) {}

  /** @throws DatabaseUnavailableError, UnknownTaskError and alike: nothing has happened, and no try is used up. */
  async run(timer: TimerReference): Promise<RunReport> {
    let attempt: Attempt | undefined;
    try {
      return await this.database.transaction(async (tx) => {
        const task = await this.ledger.lock(tx, timer.key);
        const verdict = judgeTimer(timer, task, this.clock.now());
        if (verdict.run === false) return verdict.report;
        attempt = { task: verdict.task, number: verdict.task.attempts + 1, startedAt: this.clock.now() };
        return this.settle(tx, attempt, await this.perform(tx, attempt));
      });
    } catch (error) {
      if (!attempt || !countsAsAttempt(error)) throw error;
      return this.failures.record(attempt, this.judge(error, attempt));
    }
  }

  private async perform(tx: Tx, attempt: Attempt): Promise<TaskOutcome> {
    const { task } = attempt;
    const definition = this.registry.named(task.name);
    const payload = decodePayload(definition.type, task.payload);
    return outcomeOf(
      await this.handlers.of(task.name).handle(payload, this.contextOf(tx, attempt, definition.maxRetries)),
    );
  }

  private async settle(tx: Tx, attempt: Attempt, outcome: TaskOutcome): Promise<TaskOutcome> {
    await this.ledger.change(tx, attempt.task.key, {
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

  /** What the retry interceptor decided; for an error from elsewhere (payload, result, an interceptor), the same rule. */
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
  const happened = !(error instanceof TaskPostponedError || error instanceof UnknownTaskError);
  return happened && !isTransientDatabaseError(error);
}
