import { inspect } from 'node:util';

/** A field that is not as its task class wants it. */
export interface PayloadViolation {
  field: string;
  value: unknown;
  expected: string;
}

/** All of them in one line. */
export function describeViolations(violations: readonly PayloadViolation[]): string {
  return violations.map(describe).join('; ');
}

function describe({ field, value, expected }: PayloadViolation): string {
  return `${field} is ${inspect(value, { depth: 0, maxStringLength: 80, breakLength: Infinity })}, expected: ${expected}`;
}
