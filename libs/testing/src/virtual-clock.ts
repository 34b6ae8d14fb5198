import { Clock } from '@budget-buddy/platform';
import { Temporal } from 'temporal-polyfill';

/** A clock that stands still until a test moves it. */
export class VirtualClock extends Clock {
  private present: Temporal.Instant;

  /** @param start ISO 8601 with an offset, or an instant. */
  constructor(start: Temporal.Instant | string) {
    super();
    this.present = Temporal.Instant.from(start);
  }

  override now(): Temporal.Instant {
    return this.present;
  }

  /** Moves on to an instant. One that is past changes nothing: time does not run backwards. */
  advanceTo(instant: Temporal.Instant): void {
    if (Temporal.Instant.compare(instant, this.present) > 0) this.present = instant;
  }
}
