import { describeError } from './describe-error';

const MOST_CHARACTERS = 500;
/** What is cut off anyway is not to be looked at. */
const MOST_READ = 10 * MOST_CHARACTERS;

/**
 * An error as ledgers, headers and logs keep it: its name and message in one line, without secrets, shortened, and
 * whatever it says, in characters that PostgreSQL and AMQP can hold (no control characters, no half of a pair).
 */
export function errorLine(error: unknown): string {
  const name = error instanceof Error ? `${error.name}: ` : '';
  return oneLine(name + describeError(error));
}

/** Any text as {@link errorLine} keeps it: what somebody else has written, such as a name. */
export function oneLine(text: string): string {
  return text
    .slice(0, MOST_READ)
    .replaceAll(/[\s\p{Cc}]+/gu, ' ')
    .slice(0, MOST_CHARACTERS)
    .toWellFormed();
}
