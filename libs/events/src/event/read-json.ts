import { type EventViolation, shown } from './invalid-event-error';

/** A body that is not even JSON, or too large or too deep to look at. */
export class UnreadableBodyError extends Error {
  override readonly name = 'UnreadableBodyError';

  constructor(readonly violation: EventViolation) {
    super(`the body is ${violation.value}, expected ${violation.expected}`);
  }
}

const utf8 = new TextDecoder('utf-8', { fatal: true });

/** @throws UnreadableBodyError when the bytes are not JSON in UTF-8. */
export function readJson(body: Uint8Array): unknown {
  let text: string;
  try {
    text = utf8.decode(body);
  } catch {
    throw unreadable(`0x${Buffer.from(body.subarray(0, 24)).toString('hex')}`, 'text in UTF-8');
  }
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw unreadable(shown(text), 'JSON');
  }
}

/** @throws UnreadableBodyError */
export function unreadable(value: string, expected: string): UnreadableBodyError {
  return new UnreadableBodyError({ path: '', value, expected });
}
