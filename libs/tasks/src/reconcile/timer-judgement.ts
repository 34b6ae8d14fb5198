import type { Temporal } from 'temporal-polyfill';
import type { OpenTask } from '../ledger/open-task';
import type { TimerState } from './timer-state';

/** What is wrong with the timer of an open task. */
export type TimerFault =
  /** None will fire: Redis was flushed, failed over, evicted the job, or `add` was lost; or its job is over too soon. */
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
    // One that fires at once is no later than one set anew: as when another worker still holds the task.
    const inTimeMs = Math.max(task.dueAtMs, now.epochMilliseconds);
    return timer.delayedUntilMs > inTimeMs + TOLERANCE_MS ? 'drifted' : undefined;
  }
  if (!timer.exists) return 'missing';
  if (timer.isTaken && !timer.isOver) return undefined;
  const overdueMs = now.epochMilliseconds - task.dueAtMs;
  // Not due yet, and nothing left that could fire: as after a retry that lies beyond the horizon.
  if (overdueMs < -TOLERANCE_MS) return 'missing';
  // Just due: the row was read before its job was over.
  return overdueMs > stuckAfterMs ? 'stuck' : undefined;
}
