import { describeError } from './describe-error';

const MOST_CHARACTERS = 500;

/**
 * An error as ledgers, headers and logs keep it: its name and message in one line, without secrets, shortened, and
 * whatever it says, in characters that PostgreSQL and AMQP can hold (no control characters, no half of a pair).
 */
export function errorLine(error: unknown): string {
  const name = error instanceof Error ? `${error.name}: ` : '';
  const line = (name + describeError(error)).replaceAll(/[\s\p{Cc}]+/gu, ' ');
  return line.slice(0, MOST_CHARACTERS).toWellFormed();
}
