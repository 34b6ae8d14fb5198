import { describeViolations, type PayloadViolation } from './payload-violation';
import { PermanentTaskError } from './permanent-task-error';

/** A payload that is to be scheduled and that its task class does not accept: the same payload would be refused again. */
export class InvalidTaskPayloadError extends PermanentTaskError {
  override readonly name = 'InvalidTaskPayloadError';

  constructor(
    readonly task: string,
    readonly violations: readonly PayloadViolation[],
  ) {
    super(`${task}: invalid payload: ${describeViolations(violations)}`);
  }
}
