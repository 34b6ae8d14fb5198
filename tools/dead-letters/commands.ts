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

/** The first that the filter holds for, whole. @throws Error when there is none. */
export async function showLetter(letters: DeadLetters, filter: Filter): Promise<string> {
  let found: DeadLetter | undefined;
  await letters.visit((letter) => {
    if (!found && filter(letter)) found = letter;
    return 'keep';
  });
  if (!found) throw new Error('there is no such dead letter');
  return wholeOf(found);
}

/** @param sure false: only a preview. */
export async function replayLetters(letters: DeadLetters, filter: Filter, sure: boolean): Promise<string> {
  let left = 0;
  const isMeant: Filter = (letter) => {
    if (!filter(letter)) return false;
    if (!letter.isReplayable) left += 1;
    return letter.isReplayable;
  };
  if (!sure) {
    const preview = await listLetters(letters, isMeant);
    return `${preview} would be replayed. Nothing was changed; add --yes to do it.${tellOf(left)}`;
  }
  const replayed = await letters.visit((letter) => (isMeant(letter) ? 'replay' : 'keep'));
  return `${countOf(replayed)} replayed.${tellOf(left)}`;
}

function tellOf(left: number): string {
  return left === 0 ? '' : `\nNot replayable, for their headers cannot be read: ${countOf(left)}.`;
}

function countOf(count: number): string {
  return count === 1 ? '1 dead letter' : `${count} dead letters`;
}

function lineOf({ id, deadLetteredAt, event, reason, error }: DeadLetter): string {
  return visible([id, deadLetteredAt?.toString() ?? 'unknown time', event, reason, error].join('  '), '');
}

function wholeOf(letter: DeadLetter): string {
  const { fields, properties, content } = letter.message;
  return [
    lineOf(letter),
    '',
    'history:',
    ...letter.history.map((entry) => visible(`  ${JSON.stringify(entry)}`, '')),
    'properties:',
    ...entriesOf(properties as unknown as Record<string, unknown>),
    'headers:',
    ...entriesOf(properties.headers ?? {}),
    `redelivered: ${String(fields.redelivered)}`,
    `body, ${content.length} bytes:`,
    visible(content.toString(), '\n\t'),
  ].join('\n');
}

/** A message may hold what has a terminal do things: control characters, but those `allowed`, are shown as `\x1b`. */
function visible(text: string, allowed: string): string {
  const code = (letter: string) => letter.charCodeAt(0).toString(16).padStart(2, '0');
  return text.replaceAll(/\p{Cc}/gu, (letter) => (allowed.includes(letter) ? letter : `\\x${code(letter)}`));
}

function entriesOf(values: Readonly<Record<string, unknown>>): string[] {
  return Object.entries(values)
    .filter(([name, value]) => value !== undefined && name !== 'headers')
    .map(([name, value]) => visible(`  ${name}: ${JSON.stringify(value)}`, ''));
}
