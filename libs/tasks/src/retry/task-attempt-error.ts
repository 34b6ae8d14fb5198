import { IntrinsicException } from '@nestjs/common';
import { errorLine } from '@budget-buddy/platform';
import type { RetryDecision } from './retry-decision';

/** An attempt that failed, with what is to become of the task. Intrinsic: Nest does not log it a second time. */
export class TaskAttemptError extends IntrinsicException {
  override readonly name = 'TaskAttemptError';

  constructor(
    override readonly cause: unknown,
    readonly decision: RetryDecision,
  ) {
    super(errorLine(cause));
  }
}
