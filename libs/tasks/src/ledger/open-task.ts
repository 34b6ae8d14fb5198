import { Temporal } from 'temporal-polyfill';

const USUAL = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d+)?\+00$/;
const DATE_LENGTH = 10;
const TO_THE_MS = 23;

/**
 * What is compared of a task that is open: a million of them pass by, so no more than that, and no instant before
 * somebody asks for it: temporal-polyfill's are garbage that V8 keeps for long (docs/profiles.md).
 */
export class OpenTask {
  /** When it is due, in ms since 1970; finer parts are cut off. */
  readonly dueAtMs: number;

  /**
   * @param due as PostgreSQL writes it, in UTC.
   * @throws RangeError when that is no instant, as `infinity`, or in a year beyond 9999.
   */
  constructor(
    readonly key: string,
    readonly name: string,
    readonly queue: string,
    readonly revision: number,
    private readonly due: string,
  ) {
    this.dueAtMs = USUAL.test(due) ? usualMs(due) : this.dueAt.epochMilliseconds;
  }

  get dueAt(): Temporal.Instant {
    return Temporal.Instant.from(this.due);
  }
}

function usualMs(due: string): number {
  const time = due.slice(DATE_LENGTH + 1, Math.min(due.length - '+00'.length, TO_THE_MS));
  return Date.parse(`${due.slice(0, DATE_LENGTH)}T${time}Z`);
}
