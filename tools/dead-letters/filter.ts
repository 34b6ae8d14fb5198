import { DEAD_LETTER_REASONS, type DeadLetter } from '@budget-buddy/events';
import { Temporal } from 'temporal-polyfill';

export interface FilterWords {
  readonly id?: string;
  readonly reason?: string;
  readonly event?: string;
  readonly since?: string;
  readonly until?: string;
}

export type Filter = (letter: DeadLetter) => boolean;

/** @throws RangeError when a time cannot be read, or no dead letter can have such a reason. */
export function readFilter({ id, reason, event, since, until }: FilterWords): Filter {
  if (reason !== undefined && !DEAD_LETTER_REASONS.includes(reason)) {
    throw new RangeError(`--reason is ${JSON.stringify(reason)}, expected one of ${DEAD_LETTER_REASONS.join(', ')}`);
  }
  const from = readTime('--since', since);
  const to = readTime('--until', until);
  return (letter) =>
    (id === undefined || letter.id.startsWith(id)) &&
    (reason === undefined || letter.reason === reason) &&
    (event === undefined || letter.event === event) &&
    (!from || (!!letter.deadLetteredAt && Temporal.Instant.compare(letter.deadLetteredAt, from) >= 0)) &&
    (!to || (!!letter.deadLetteredAt && Temporal.Instant.compare(letter.deadLetteredAt, to) < 0));
}

function readTime(option: string, text: string | undefined): Temporal.Instant | undefined {
  if (text === undefined) return undefined;
  try {
    return Temporal.Instant.from(text);
  } catch {
    throw new RangeError(`${option} is ${JSON.stringify(text)}, expected a time such as 2026-11-22T10:00:00Z`);
  }
}
