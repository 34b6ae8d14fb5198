import { Injectable, Logger } from '@nestjs/common';
import { RepeatedLines } from '../repeated-lines';
import type { TimerReference } from '../timers/timer-reference';
import type { RunReport } from './task-runner';

/** Long enough to cost nothing, short enough to be on time, in ms. It comes back earlier than that by the look-ahead. */
const HELD_DELAY_MS = 500;

/**
 * Puts off tasks whose row somebody else holds: another run, perhaps of a worker that is frozen and has lost its job, or
 * whoever is just changing it. Waiting for the row would take up a place of this worker, and a connection.
 */
@Injectable()
export class HeldTasks {
  private readonly logger = new Logger(HeldTasks.name);
  private readonly lines = new RepeatedLines();

  putOff({ key }: TimerReference): RunReport {
    // A worker that is frozen may hold many.
    this.lines.say('held', (more) =>
      this.logger.warn({ key, ...more }, 'task is held by another run, its timer is put off'),
    );
    return { status: 'held', delayMs: HELD_DELAY_MS, reason: 'the task is held by another run' };
  }
}
