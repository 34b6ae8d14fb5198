/** One thing that is wrong with an event's body. */
export interface EventViolation {
  /** Where, in the names of the wire: `categories[0].limit`; empty for the body as a whole. */
  path: string;
  /** What was found there, as JSON, shortened. `nothing` when it was missing. */
  value: string;
  /** What should have been there. */
  expected: string;
}

const SHOWN_VALUE_LENGTH = 100;
const SHOWN_VIOLATIONS = 5;

/** The body is not the event it should be, and never will be: there is no use in trying again. */
export class InvalidEventError extends Error {
  override readonly name = 'InvalidEventError';

  constructor(
    /** The event's name on the wire. */
    readonly event: string,
    readonly violations: readonly EventViolation[],
  ) {
    super(`${event} is invalid: ${summary(violations)}`);
  }
}

/** A value as a violation shows it: JSON, on one line, shortened. */
export function shown(value: unknown): string {
  const text = value === undefined ? 'nothing' : typeof value === 'string' ? quoted(value) : json(value);
  return text.length > SHOWN_VALUE_LENGTH ? `${text.slice(0, SHOWN_VALUE_LENGTH)}…` : text;
}

/** Cut first: the value may be as large as a message. */
function quoted(text: string): string {
  return JSON.stringify(text.slice(0, SHOWN_VALUE_LENGTH));
}

function json(value: unknown): string {
  try {
    return JSON.stringify(value) ?? String(value);
  } catch {
    return Object.prototype.toString.call(value);
  }
}

function summary(violations: readonly EventViolation[]): string {
  const lines = violations.slice(0, SHOWN_VIOLATIONS).map(({ path, value, expected }) => {
    return `${path || 'the body'} is ${value}, expected ${expected}`;
  });
  const more = violations.length - lines.length;
  return lines.join('; ') + (more > 0 ? `; and ${more} more` : '');
}
