import type { Difference } from './difference';
import type { Span } from './fault-windows';
import type { Confirmation } from './patient-publisher';
import type { RecordedMessage } from './queue-recorder';
import type { InvalidMessage } from './story';

/** A process that ends between the copy and the answer leaves two copies: the fault may have begun so long before, in ms. */
const FAULT_BEFORE_COPY_MS = 2_000;

/** What is asked of the dead letters. */
export interface DeadLetterQuestion {
  readonly invalid: readonly InvalidMessage[];
  readonly confirmations: ReadonlyMap<string, Confirmation>;
  readonly deadLetters: readonly RecordedMessage[];
  readonly faults: readonly Span[];
}

/**
 * Every invalid message is there once, whole, with its reason. Twice only where a fault struck between the copy and the
 * answer to the broker; a try of the publisher that was not confirmed may be there, or not.
 */
export function checkDeadLetters({ invalid, confirmations, deadLetters, faults }: DeadLetterQuestion): Difference[] {
  const copies = copiesById(deadLetters);
  const expected = new Map<string, InvalidMessage>();
  const differences: Difference[] = [];
  for (const message of invalid) {
    const ids = confirmations.get(message.id)?.messageIds ?? [];
    for (const id of ids) expected.set(id, message);
    if (!copies.has(ids.at(-1) ?? '')) differences.push(missing(message, ids));
  }
  for (const [id, letters] of copies) {
    const message = expected.get(id);
    differences.push(...(message ? checkCopies(message, letters, faults) : letters.map(unexpected)));
  }
  return differences;
}

/** A letter that the broker delivered again to the audit is the same one: it was put there at the same time. */
export function copiesById(deadLetters: readonly RecordedMessage[]): Map<string, RecordedMessage[]> {
  const copies = new Map<string, RecordedMessage[]>();
  for (const letter of deadLetters) {
    const known = copies.get(letter.messageId) ?? [];
    if (!known.some((each) => putThere(each) === putThere(letter))) copies.set(letter.messageId, [...known, letter]);
  }
  return copies;
}

function checkCopies(
  message: InvalidMessage,
  letters: readonly RecordedMessage[],
  faults: readonly Span[],
): Difference[] {
  const about = letters[0]!.messageId;
  const differences = letters.flatMap((letter) => checkLetter(message, letter));
  const times = letters.map((letter) => Date.parse(putThere(letter))).sort((one, other) => one - other);
  const unexplained = times.slice(1).filter((toMs, index) => {
    const fromMs = times[index]! - FAULT_BEFORE_COPY_MS;
    return !faults.some((fault) => fault.fromMs <= toMs && fault.toMs >= fromMs);
  });
  if (unexplained.length === 0) return differences;
  return [
    ...differences,
    { what: 'a dead letter is there twice', about, expected: 'once', found: letters.map(putThere) },
  ];
}

function checkLetter({ body, reason }: InvalidMessage, letter: RecordedMessage): Difference[] {
  const about = letter.messageId;
  const bytes = Buffer.isBuffer(body) ? body : Buffer.from(JSON.stringify(body));
  const found = letter.headers['x-event-dead-letter-reason'];
  return [
    ...(bytes.equals(letter.content)
      ? []
      : [
          {
            what: 'a dead letter is not whole',
            about,
            expected: `${bytes.length} bytes`,
            found: `${letter.content.length} bytes`,
          },
        ]),
    ...(found === reason ? [] : [{ what: 'a dead letter has another reason', about, expected: reason, found }]),
  ];
}

function missing(message: InvalidMessage, ids: readonly string[]): Difference {
  const context = { event: message.event, atMs: message.atMs, tries: ids };
  return {
    what: 'an invalid message is not among the dead letters',
    about: message.id,
    expected: message.reason,
    found: 'none',
    context,
  };
}

function unexpected(letter: RecordedMessage): Difference {
  const found = { event: letter.event, headers: letter.headers, body: letter.content.toString().slice(0, 500) };
  return {
    what: 'a message is among the dead letters that must not be',
    about: letter.messageId,
    expected: 'none',
    found,
  };
}

function putThere({ headers }: RecordedMessage): string {
  return String(headers['x-event-dead-lettered-at']);
}
