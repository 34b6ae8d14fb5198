/** Something that is not as the model has it. */
export interface Difference {
  /** Which promise is broken, in a few words: the same for all that break it. */
  readonly what: string;
  /** The budget, the message or the process it is about. */
  readonly about: string;
  readonly expected: unknown;
  readonly found: unknown;
  /** Where to look further. */
  readonly context?: unknown;
}
