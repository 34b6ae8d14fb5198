import type { DeadLetter, DeadLetters } from '@budget-buddy/events';
import type { Filter } from './filter';

/** A line each, and how many. */
export async function listLetters(letters: DeadLetters, filter: Filter): Promise<string> {
  const lines: string[] = [];
  await letters.visit((letter) => {
    if (filter(letter)) lines.push(lineOf(letter));
    return 'keep';
  });
  return [...lines, countOf(lines.length)].join('\n');
}

/** The first that the filter holds for, whole. */
export async function showLetter(letters: DeadLetters, filter: Filter): Promise<string> {
  let found: DeadLetter | undefined;
  await letters.visit((letter) => {
    if (!found && filter(letter)) found = letter;
    return 'keep';
  });
  return found ? wholeOf(found) : 'There is no such dead letter.';
}

/** @param sure false: only a preview. */
export async function replayLetters(letters: DeadLetters, filter: Filter, sure: boolean): Promise<string> {
  if (!sure) return `${await listLetters(letters, filter)} would be replayed. Nothing was changed; add --yes to do it.`;
  const replayed = await letters.visit((letter) => (filter(letter) ? 'replay' : 'keep'));
  return `${countOf(replayed)} replayed.`;
}

function countOf(count: number): string {
  return count === 1 ? '1 dead letter' : `${count} dead letters`;
}

function lineOf({ id, deadLetteredAt, event, reason, error }: DeadLetter): string {
  return [id, deadLetteredAt?.toString() ?? 'unknown time', event, reason, error].join('  ');
}

function wholeOf(letter: DeadLetter): string {
  const { fields, properties, content } = letter.message;
  return [
    lineOf(letter),
    '',
    'history:',
    ...(JSON.parse(letter.history) as object[]).map((entry) => `  ${JSON.stringify(entry)}`),
    'properties:',
    ...entriesOf(properties as unknown as Record<string, unknown>),
    'headers:',
    ...entriesOf(properties.headers ?? {}),
    `redelivered: ${String(fields.redelivered)}`,
    `body, ${content.length} bytes:`,
    content.toString(),
  ].join('\n');
}

function entriesOf(values: Readonly<Record<string, unknown>>): string[] {
  return Object.entries(values)
    .filter(([name, value]) => value !== undefined && name !== 'headers')
    .map(([name, value]) => `  ${name}: ${JSON.stringify(value)}`);
}
