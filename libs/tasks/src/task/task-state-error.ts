import type { TaskStatus } from '../ledger/task-record';

/** A task whose state does not allow what was asked. */
export class TaskStateError extends Error {
  override readonly name = 'TaskStateError';

  constructor(
    readonly key: string,
    readonly status: TaskStatus,
    expected: string,
  ) {
    super(`task ${key} is ${status}, expected ${expected}`);
  }
}
