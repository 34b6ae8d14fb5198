import { IntrinsicException } from '@nestjs/common';
import type { RetryDecision } from './retry-decision';

/** An attempt that failed, with what is to become of the task. Intrinsic: Nest does not log it a second time. */
export class TaskAttemptError extends IntrinsicException {
  override readonly name = 'TaskAttemptError';

  constructor(
    override readonly cause: unknown,
    readonly decision: RetryDecision,
  ) {
    super(describeError(cause));
  }
}

/** `Name: message`, whatever was thrown. */
export function describeError(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : `thrown: ${String(error)}`;
}
