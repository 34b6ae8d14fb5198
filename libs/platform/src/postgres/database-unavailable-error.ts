import { describeError } from '../describe-error';

/**
 * PostgreSQL could not be reached, was lost on the way, or can do no work just now (read-only, no room, no memory):
 * nothing is wrong with the work, and it should be tried again later without counting as a failure of its own. When it
 * is thrown by a commit, the transaction may have been committed all the same.
 */
export class DatabaseUnavailableError extends Error {
  override readonly name = 'DatabaseUnavailableError';

  constructor(override readonly cause: Error) {
    super(`PostgreSQL is unavailable: ${describeError(cause)}`);
  }
}
