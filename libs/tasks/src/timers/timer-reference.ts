import { PermanentTaskError } from '../task/permanent-task-error';
import { isKey } from '../task/task-key';

/** All that a timer carries: which task, and which of its timers this is. The rest is in the ledger. */
export interface TimerReference {
  readonly key: string;
  readonly revision: number;
}

/**
 * Reads what came out of Redis.
 * @throws InvalidTimerError when it is not what this system put there.
 */
export function readTimerReference(data: unknown): TimerReference {
  const { key, revision } = (typeof data === 'object' && data !== null ? data : {}) as Partial<TimerReference>;
  if (!isKey(key) || !Number.isSafeInteger(revision)) throw new InvalidTimerError(data);
  return { key, revision: revision! };
}

/** A Bull job that is no timer of ours: put into Redis by hand, or evicted (Bull then runs it with `{}`). */
export class InvalidTimerError extends PermanentTaskError {
  override readonly name = 'InvalidTimerError';

  constructor(readonly data: unknown) {
    super(
      `a job's data is ${JSON.stringify(data)?.slice(0, 200)}, expected { key: a task's key, revision: whole number }`,
    );
  }
}

/** The Bull job's id: one job a timer, however often it is set. */
export function timerId({ key, revision }: TimerReference): string {
  return `${key}-${revision}`;
}

/** Whether a Bull job's id is one that {@link timerId} makes. */
export function isTimerId(id: string): boolean {
  return /.-[1-9]\d*$/s.test(id);
}

/** The key of the task that a timer is for, by the Bull job's id. */
export function keyOfTimer(id: string): string {
  return id.slice(0, id.lastIndexOf('-'));
}
