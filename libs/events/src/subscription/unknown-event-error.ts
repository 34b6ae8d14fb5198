/** A message came to this service's queue that none of its handlers is for. */
export class UnknownEventError extends Error {
  override readonly name = 'UnknownEventError';

  constructor(
    readonly routingKey: string,
    readonly type: string | undefined,
    readonly known: readonly string[],
  ) {
    const what = `routing key "${routingKey}"${type === undefined ? '' : `, type "${type}"`}`;
    super(`no handler for ${what}, expected one of ${known.join(', ')}`);
  }
}
