import { applyDecorators, SetMetadata, UseInterceptors, type Type } from '@nestjs/common';
import type { Tx } from '@budget-buddy/platform';
import type { Temporal } from 'temporal-polyfill';
import { RetryInterceptor } from '../retry/retry.interceptor';
import type { Skip } from './skip';

/** Which run of which task this is. */
export interface TaskContext {
  readonly key: string;
  readonly name: string;
  /** 1 for the first try. */
  readonly attempt: number;
  readonly maxRetries: number;
  /** Counts how often it was scheduled anew: moved, or replayed. Tells one final failure of a task from the next. */
  readonly revision: number;
  /** When the work was meant to be done; `startedAt` minus this is the lateness. */
  readonly eta: Temporal.Instant;
  readonly startedAt: Temporal.Instant;
  /** What the handler writes here is committed together with the task's outcome, or not at all. */
  readonly transaction: Tx;
}

/** Why a task is given up. */
export interface TaskFailure {
  /** `Name: message` of the last error. */
  readonly error: string;
  readonly attempts: number;
  readonly failedAt: Temporal.Instant;
}

/**
 * What the worker does for a task. Return = succeeded (the value is kept, so it must survive JSON); `skip(reason)` =
 * nothing to do; throw = retried while tries are left; throw `PermanentTaskError` = failed now.
 */
export interface TaskHandler<Payload extends object, Result = unknown> {
  handle(task: Payload, context: TaskContext): Promise<Result | Skip>;
  /** Runs in the transaction that records the final failure, so that an event about it is never lost. */
  failed?(task: Payload, failure: TaskFailure, context: TaskContext): Promise<void>;
}

/** What a handler says of itself. */
export interface HandlerOptions {
  /**
   * Tasks that are ready together are run in one transaction, many times as fast; see `Database.sharedTransaction` for what
   * that asks of the handler: above all that it waits for nothing but PostgreSQL, and does nothing lasting but by
   * `context.transaction`. Default false: each task has a transaction of its own.
   */
  readonly sharesTransaction?: boolean;
}

/** What {@link HandlesTask} was told, with its defaults. */
export interface HandledTask extends Required<HandlerOptions> {
  readonly task: Type<object>;
}

/** Metadata of {@link HandlesTask}: a {@link HandledTask}. */
export const HANDLES_TASK = Symbol('handles-task');

/** What `ExecutionContext.getType()` says in a guard, an interceptor or a filter that runs for a task. */
export const TASK_CONTEXT_TYPE = 'task';

/** Metadata of {@link HandlesTask}: the parameters of `handle`, in Nest's own form, so that pipes run on them. */
export const TASK_PARAMETERS = 'budget-buddy:task-parameters';

/**
 * Makes a provider the one handler of a task. Nest's interceptors, guards, pipes and filters apply to `handle`, as they do
 * to a route; a filter may replace an error, not hide it.
 */
export function HandlesTask<Payload extends object>(
  task: Type<Payload>,
  options: HandlerOptions = {},
): (handler: Type<TaskHandler<Payload>>) => void {
  const handled: HandledTask = { task, sharesTransaction: false, ...options };
  const decorate = applyDecorators(SetMetadata(HANDLES_TASK, handled), UseInterceptors(RetryInterceptor));
  return (handler) => {
    decorate(handler);
    Reflect.defineMetadata(
      TASK_PARAMETERS,
      { '0:0': { index: 0, pipes: [] }, '1:1': { index: 1, pipes: [] } },
      handler,
      'handle',
    );
    Reflect.defineMetadata('design:paramtypes', [task, Object], handler.prototype as object, 'handle');
  };
}
