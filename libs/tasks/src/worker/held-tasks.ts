import { Injectable, Logger } from '@nestjs/common';
import type { TimerReference } from '../timers/timer-reference';
import { RepeatedLines } from './repeated-lines';
import type { RunReport } from './task-runner';

/** Long enough to cost nothing, short enough to be on time, in ms. */
const HELD_DELAY_MS = 500;

/** A worker that is frozen may hold many tasks for a while: one line tells of them every so often, in ms. */
const BETWEEN_LINES_MS = 30_000;

/**
 * Puts off tasks whose row somebody else holds: another run, perhaps of a worker that is frozen and has lost its job, or
 * whoever is just changing it. Waiting for the row would take up a place of this worker, and a connection.
 */
@Injectable()
export class HeldTasks {
  private readonly logger = new Logger(HeldTasks.name);
  private readonly lines = new RepeatedLines(BETWEEN_LINES_MS);

  putOff({ key }: TimerReference): RunReport {
    const unsaid = this.lines.next('held');
    const more = unsaid ? { sinceLastLine: unsaid } : {};
    if (unsaid !== undefined) this.logger.warn({ key, ...more }, 'task is held by another run, its timer is put off');
    return { status: 'held', delayMs: HELD_DELAY_MS, reason: 'the task is held by another run' };
  }
}
