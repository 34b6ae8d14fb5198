import { describeError } from '@budget-buddy/platform';

const MOST_CHARACTERS = 500;

/** An error as headers and logs tell it: its name and message, in one line, without secrets, shortened. */
export function errorLine(error: unknown): string {
  const name = error instanceof Error ? `${error.name}: ` : '';
  return (name + describeError(error)).replaceAll(/\s+/g, ' ').slice(0, MOST_CHARACTERS);
}
