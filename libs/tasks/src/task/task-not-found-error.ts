/** A key that has no task. */
export class TaskNotFoundError extends Error {
  override readonly name = 'TaskNotFoundError';

  constructor(readonly key: string) {
    super(`there is no task under the key ${JSON.stringify(key)}`);
  }
}
