import type { RetryDecision } from './retry-decision';

/** An attempt that failed, with what is to become of the task. */
export class TaskAttemptError extends Error {
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
