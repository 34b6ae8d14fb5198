import { UnreadableTaskError } from './unreadable-task-error';

/** A task that this build does not know: newer than the build, or renamed without an alias. */
export class UnknownTaskError extends UnreadableTaskError {
  override readonly name = 'UnknownTaskError';

  constructor(
    readonly task: string,
    readonly known: readonly string[],
  ) {
    super(`no task is named ${JSON.stringify(task)}; this build knows ${known.join(', ')}`);
  }
}
