import type { RunReport } from './task-runner';

/** Name under which {@link followLedger} is known to Bull. */
export const FOLLOW_LEDGER = 'follow-ledger';

/** Between tries while PostgreSQL is away, in ms: 250, 500, … */
const FIRST_OUTAGE_DELAY_MS = 250;
const LONGEST_OUTAGE_DELAY_MS = 5000;

/** Tells Bull to have a timer fire again. */
export class TimerAgain extends Error {
  override readonly name = 'TimerAgain';

  constructor(
    message: string,
    readonly delayMs: number,
  ) {
    super(message);
  }
}

/** Tells Bull that a timer has led to a failure that is final. */
export class TimerDone extends Error {
  override readonly name = 'TimerDone';
}

/**
 * What Bull is to do with a timer's job: the same as what was written into the ledger.
 * @param horizonMs what is due later is left to the ledger, and to the reconciler, which sets a timer in time.
 */
export function tellBull(report: RunReport, horizonMs = Number.POSITIVE_INFINITY): object {
  if ('delayMs' in report && report.delayMs > horizonMs) return { ...report, timer: 'beyond the horizon' };
  if (report.status === 'not-yet') throw new TimerAgain(`not due for ${report.delayMs} ms`, report.delayMs);
  if (report.status === 'held' || report.status === 'put-off') throw new TimerAgain(report.reason, report.delayMs);
  if (report.status === 'retrying') throw new TimerAgain(report.error, report.delayMs);
  if (report.status === 'failed') throw new TimerDone(report.error);
  return report;
}

/**
 * Bull's backoff strategy (ms; -1 = fail now). It has no opinion of its own: retries are counted in the ledger, and
 * an error that is not a report means that the ledger could not be reached, which is tried until it can.
 */
export function followLedger(attemptsMade: number, error: Error): number {
  if (error instanceof TimerDone) return -1;
  // 0 would mean "at once" to Bull, which is also right, but 1 keeps it in order with what is due at the same ms.
  if (error instanceof TimerAgain) return Math.max(1, Math.ceil(error.delayMs));
  return Math.min(LONGEST_OUTAGE_DELAY_MS, FIRST_OUTAGE_DELAY_MS * 2 ** Math.min(attemptsMade - 1, 16));
}
