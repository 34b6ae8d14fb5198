import { errorLine } from '@budget-buddy/platform';
import { IntrinsicException } from '@nestjs/common';

/** An attempt that did not count: our own database was away. The task runs again soon, with all its tries. */
export class TaskPostponedError extends IntrinsicException {
  override readonly name = 'TaskPostponedError';

  constructor(override readonly cause: unknown) {
    super(errorLine(cause));
  }
}
