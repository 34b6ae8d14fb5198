/** Thrown by a handler for an event that no further try will help: it goes to the dead letters at once. */
export class PermanentEventError extends Error {
  override readonly name: string = 'PermanentEventError';
}
