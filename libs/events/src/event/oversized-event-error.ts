/** A message is too large to be read. */
export class OversizedEventError extends Error {
  override readonly name = 'OversizedEventError';

  constructor(
    readonly bytes: number,
    readonly maxBytes: number,
  ) {
    super(`the body has ${bytes} bytes, expected at most ${maxBytes}`);
  }
}
