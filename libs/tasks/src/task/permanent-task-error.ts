/** Thrown by a handler (or below it) when another try cannot help: the task fails now, whatever retries are left. */
export class PermanentTaskError extends Error {
  override readonly name: string = 'PermanentTaskError';
}
