import { UnreadableTaskError } from './unreadable-task-error';

/** A payload that a newer build wrote: a deployment is under way, or was rolled back. */
export class NewerPayloadError extends UnreadableTaskError {
  override readonly name = 'NewerPayloadError';

  constructor(
    readonly task: string,
    readonly version: number,
    readonly newestKnown: number,
  ) {
    super(`${task}: the payload is of version ${version}; this build reads up to ${newestKnown}`);
  }
}
