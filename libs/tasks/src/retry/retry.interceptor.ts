import { Injectable, type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common';
import { catchError, throwError, type Observable } from 'rxjs';
import { isTransientDatabaseError } from '@budget-buddy/platform';
import type { TaskContext } from '../task/task-handler';
import { decideRetry } from './retry-decision';
import { RetryPolicies } from './retry-policies';
import { TaskAttemptError } from './task-attempt-error';
import { TaskPostponedError } from './task-postponed-error';

/**
 * Turns a handler's error into a decision: retry after how long, or fail. It never sleeps: the wait is a ledger row
 * with a new due time and a delayed Bull job. Bound to every handler by `@HandlesTask`.
 */
@Injectable()
export class RetryInterceptor implements NestInterceptor {
  constructor(private readonly policies: RetryPolicies) {}

  intercept(execution: ExecutionContext, next: CallHandler): Observable<unknown> {
    const context = execution.getArgByIndex<TaskContext>(1);
    return next.handle().pipe(catchError((error: unknown) => throwError(() => this.decide(error, context))));
  }

  private decide(error: unknown, context: TaskContext): TaskAttemptError | TaskPostponedError {
    if (isTransientDatabaseError(error)) return new TaskPostponedError(error);
    return new TaskAttemptError(error, decideRetry(error, context.attempt, this.policies.of(context.name)));
  }
}
