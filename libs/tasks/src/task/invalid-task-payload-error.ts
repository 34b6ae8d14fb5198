import { inspect } from 'node:util';
import { PermanentTaskError } from './permanent-task-error';

/** A field that is not as its task class wants it. */
export interface PayloadViolation {
  field: string;
  value: unknown;
  expected: string;
}

/** A payload that its task class does not accept. Not retried: the same payload would fail again. */
export class InvalidTaskPayloadError extends PermanentTaskError {
  override readonly name = 'InvalidTaskPayloadError';

  constructor(
    readonly task: string,
    readonly violations: readonly PayloadViolation[],
  ) {
    super(`${task}: invalid payload: ${violations.map(describe).join('; ')}`);
  }
}

function describe({ field, value, expected }: PayloadViolation): string {
  return `${field} is ${inspect(value, { depth: 0, maxStringLength: 80, breakLength: Infinity })}, expected: ${expected}`;
}
