/** A message's headers cannot be read, and so not be copied either. */
export class UnreadableHeadersError extends Error {
  override readonly name = 'UnreadableHeadersError';

  constructor() {
    super('the headers cannot be read, expected tables and lists that are not nested thousands of times');
  }
}
