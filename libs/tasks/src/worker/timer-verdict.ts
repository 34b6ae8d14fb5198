import type { Temporal } from 'temporal-polyfill';
import { isOpen, type TaskRecord } from '../ledger/task-record';
import { CLAIM_AHEAD_MS } from '../timers/look-ahead';
import type { TimerReference } from '../timers/timer-reference';
import type { RunReport } from './task-runner';

/** Run the task, or why not. */
export type TimerVerdict =
  { readonly run: true; readonly task: TaskRecord } | { readonly run: false; readonly report: RunReport };

/** Whether a timer that fired means anything: the ledger says, not the timer. */
export function judgeTimer(timer: TimerReference, task: TaskRecord | undefined, now: Temporal.Instant): TimerVerdict {
  if (!task) return nothing('the ledger has no such task');
  if (!isOpen(task)) return nothing(`the task is ${task.status}`);
  if (task.revision !== timer.revision)
    return nothing(`the timer is revision ${timer.revision}, the task ${task.revision}`);
  const delayMs = task.dueAt.epochMilliseconds - now.epochMilliseconds;
  if (delayMs > 0) return { run: false, report: { status: 'not-yet', delayMs } };
  return { run: true, task };
}

/** Whether the task is to be run, and not before a moment has passed that is worth waiting for with its row in hand. */
export function isNearlyDue(verdict: TimerVerdict): boolean {
  if (verdict.run) return false;
  const { report } = verdict;
  return report.status === 'not-yet' && report.delayMs <= CLAIM_AHEAD_MS;
}

function nothing(reason: string): TimerVerdict {
  return { run: false, report: { status: 'nothing-to-do', reason } };
}
