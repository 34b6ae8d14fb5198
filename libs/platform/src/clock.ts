import { Injectable } from '@nestjs/common';
import type { Temporal } from 'temporal-polyfill';
import { instantAt } from './instant-at';

/** The only source of the present time. Injected, so that a test (or a rehearsal) can run on a clock of its own. */
export abstract class Clock {
  abstract now(): Temporal.Instant;
}

/** The machine's clock, to the millisecond (what PostgreSQL, Redis and the wire are compared with). */
@Injectable()
export class SystemClock extends Clock {
  now(): Temporal.Instant {
    return instantAt(Date.now());
  }
}
