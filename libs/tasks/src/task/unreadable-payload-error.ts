import { describeViolations, type PayloadViolation } from './payload-violation';
import { UnreadableTaskError } from './unreadable-task-error';

/** A stored payload that this build's class does not accept, or that an upcaster cannot read. */
export class UnreadablePayloadError extends UnreadableTaskError {
  override readonly name = 'UnreadablePayloadError';

  constructor(
    readonly task: string,
    readonly version: number,
    readonly violations: readonly PayloadViolation[],
  ) {
    super(`${task}: the payload, of version ${version}, cannot be read: ${describeViolations(violations)}`);
  }
}
