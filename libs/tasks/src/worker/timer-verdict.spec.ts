import { Temporal } from 'temporal-polyfill';
import { describe, expect, it } from 'vitest';
import type { TaskRecord, TaskStatus } from '../ledger/task-record';
import { CLAIM_AHEAD_MS } from '../timers/look-ahead';
import { isNearlyDue, judgeTimer } from './timer-verdict';

const due = Temporal.Instant.from('2026-12-01T00:00:00Z');
const task = { key: 'k', status: 'scheduled', revision: 2, dueAt: due } as TaskRecord;
const settled = (status: TaskStatus): TaskRecord => ({ ...task, status });
const timer = { key: 'k', revision: 2 };

describe('a timer that fired', () => {
  it('runs its task when it is due', () => {
    expect(judgeTimer(timer, task, due)).toEqual({ run: true, task });
  });

  it('waits for the rest when it fired early', () => {
    const early = judgeTimer(timer, task, due.subtract({ milliseconds: 1500 }));
    expect(early).toEqual({ run: false, report: { status: 'not-yet', delayMs: 1500 } });
  });

  it.each([
    ['the ledger has no such task', undefined],
    ['the task is cancelled', settled('cancelled')],
    ['the task is succeeded', settled('succeeded')],
    ['the timer is revision 2, the task 3', { ...task, revision: 3 }],
  ])('does nothing when %s', (reason, found) => {
    expect(judgeTimer(timer, found, due)).toEqual({ run: false, report: { status: 'nothing-to-do', reason } });
  });

  it.each([
    [CLAIM_AHEAD_MS + 1, false],
    [CLAIM_AHEAD_MS, true],
    [1, true],
    [0, false],
  ])('is worth waiting for or not, %i ms before', (earlyMs, isNearly) => {
    expect(isNearlyDue(judgeTimer(timer, task, due.subtract({ milliseconds: earlyMs })))).toBe(isNearly);
  });

  it('is not waited for when there is nothing to be done', () => {
    expect(isNearlyDue(judgeTimer(timer, settled('cancelled'), due.subtract({ milliseconds: 1 })))).toBe(false);
  });
});
