import { wholeMsOf } from '@budget-buddy/platform';
import { Temporal } from 'temporal-polyfill';

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
    this.dueAtMs = wholeMsOf(due) ?? this.dueAt.epochMilliseconds;
  }

  get dueAt(): Temporal.Instant {
    return Temporal.Instant.from(this.due);
  }
}
