import { Injectable } from '@nestjs/common';
import { Temporal } from 'temporal-polyfill';

/** The only source of the present time. Injected, so that a test (or a rehearsal) can run on a clock of its own. */
export abstract class Clock {
  abstract now(): Temporal.Instant;
}

/** The machine's clock, to the millisecond (what PostgreSQL, Redis and the wire are compared with). */
@Injectable()
export class SystemClock extends Clock {
  private last = Temporal.Instant.fromEpochMilliseconds(0);

  now(): Temporal.Instant {
    const ms = Date.now();
    // It is asked many times in one ms, and an instant is dear.
    if (ms !== this.last.epochMilliseconds) this.last = Temporal.Instant.fromEpochMilliseconds(ms);
    return this.last;
  }
}
