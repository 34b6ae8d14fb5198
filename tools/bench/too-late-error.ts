/** The tasks were not all where they should be when they became due: there was less time than it takes. */
export class TooLateError extends Error {
  override readonly name = 'TooLateError';
}
