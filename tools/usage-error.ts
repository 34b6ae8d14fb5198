/** A call whose words are off. */
export class UsageError extends Error {
  override readonly name = 'UsageError';

  /** Of words that are none of the calls that `usage` lists. */
  static noSuchCall(words: readonly string[], usage: string): UsageError {
    return new UsageError(`the call is "${words.join(' ')}", expected one of these:\n\n${usage}`);
  }
}
