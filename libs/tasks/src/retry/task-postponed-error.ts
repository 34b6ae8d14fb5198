import { IntrinsicException } from '@nestjs/common';
import { describeError } from './task-attempt-error';

/** An attempt that did not count: our own database was away. The task runs again soon, with all its tries. */
export class TaskPostponedError extends IntrinsicException {
  override readonly name = 'TaskPostponedError';

  constructor(override readonly cause: unknown) {
    super(describeError(cause));
  }
}
