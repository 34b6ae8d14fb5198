/** A call whose words are off. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}
