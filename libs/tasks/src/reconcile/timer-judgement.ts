import type { Temporal } from 'temporal-polyfill';
import type { OpenTask } from '../ledger/open-task';
import type { TimerState } from './timer-state';

/** What is wrong with the timer of an open task. */
export type TimerFault =
  /** Redis has none: it was flushed, failed over, evicted the job, or `add` was lost. */
  | 'missing'
  /** It will fire too late. */
  | 'drifted'
  /** It is long due, and its job is over: no worker will ever take it up. */
  | 'stuck';

/** Bull puts a retry off by the moments that pass between the ledger and Redis; clocks differ by as much. */
const TOLERANCE_MS = 1000;

/**
 * Compares one open task with its timer: the ledger is right. A timer that fires too early is no fault, for the runner
 * puts it off.
 * @param stuckAfterMs how long after its due time a task that no worker has taken up counts as stuck, in ms.
 */
export function judgeTimerOf(
  task: OpenTask,
  timer: TimerState,
  now: Temporal.Instant,
  stuckAfterMs: number,
): TimerFault | undefined {
  if (timer.delayedUntilMs !== undefined) {
    // Without its hash Bull would run it with `{}`.
    if (!timer.exists) return 'missing';
    return timer.delayedUntilMs > task.dueAt.epochMilliseconds + TOLERANCE_MS ? 'drifted' : undefined;
  }
  if (!timer.exists) return 'missing';
  const overdueMs = now.epochMilliseconds - task.dueAt.epochMilliseconds;
  return overdueMs > stuckAfterMs && (timer.isOver || !timer.isTaken) ? 'stuck' : undefined;
}
