import { describeError } from './describe-error';

/** An error as ledgers, headers and logs keep it: its name and message in one line, without secrets, shortened. */
export function errorLine(error: unknown, mostCharacters = 500): string {
  const name = error instanceof Error ? `${error.name}: ` : '';
  return (name + describeError(error)).replaceAll(/\s+/g, ' ').slice(0, mostCharacters);
}
