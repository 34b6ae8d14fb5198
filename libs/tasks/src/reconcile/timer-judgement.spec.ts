import { Temporal } from 'temporal-polyfill';
import { describe, expect, it } from 'vitest';
import { OpenTask } from '../ledger/open-task';
import { judgeTimerOf } from './timer-judgement';
import type { TimerState } from './timer-state';

const due = Temporal.Instant.from('2027-01-30T23:59:59Z');
const dueMs = due.epochMilliseconds;
const task = new OpenTask('k', 't', 'q', 1, '2027-01-30 23:59:59+00');
const STUCK_AFTER_MS = 90_000;

const judge = (timer: TimerState, now = due.subtract({ hours: 1 })) => judgeTimerOf(task, timer, now, STUCK_AFTER_MS);

describe('the timer of an open task', () => {
  it.each([
    ['waits until its due time', { exists: true, delayedUntilMs: dueMs, isOver: false, isTaken: false }],
    [
      'waits some ms longer, as after a retry',
      { exists: true, delayedUntilMs: dueMs + 900, isOver: false, isTaken: false },
    ],
    [
      'fires early, for the runner puts it off',
      { exists: true, delayedUntilMs: dueMs - 60_000, isOver: false, isTaken: false },
    ],
    ['is ready, or running', { exists: true, isOver: false, isTaken: true }],
  ])('is right when it %s', (_, timer) => {
    expect(judge(timer)).toBeUndefined();
  });

  it('is missing when Redis has no job', () => {
    expect(judge({ exists: false, isOver: false, isTaken: false })).toBe('missing');
  });

  it('is missing when its job was evicted and only its place is left', () => {
    expect(judge({ exists: false, delayedUntilMs: dueMs, isOver: false, isTaken: false })).toBe('missing');
  });

  it('has drifted when it would fire late', () => {
    expect(judge({ exists: true, delayedUntilMs: dueMs + 1001, isOver: false, isTaken: false })).toBe('drifted');
  });

  it('is right when the task is overdue and it fires at once', () => {
    const now = due.add({ minutes: 1 });
    const until = (ms: number) => ({
      exists: true,
      delayedUntilMs: dueMs + 60_000 + ms,
      isOver: false,
      isTaken: false,
    });
    expect(judge(until(1000), now)).toBeUndefined();
    expect(judge(until(1001), now)).toBe('drifted');
  });

  it('is stuck when it is over and the task still open, long after its due time', () => {
    const over = { exists: true, isOver: true, isTaken: false };
    expect(judge(over, due.add({ milliseconds: STUCK_AFTER_MS }))).toBeUndefined();
    expect(judge(over, due.add({ milliseconds: STUCK_AFTER_MS + 1 }))).toBe('stuck');
  });

  it('is stuck when its job is in no list, long after its due time', () => {
    const lost = { exists: true, isOver: false, isTaken: false };
    expect(judge(lost, due.add({ milliseconds: STUCK_AFTER_MS }))).toBeUndefined();
    expect(judge(lost, due.add({ milliseconds: STUCK_AFTER_MS + 1 }))).toBe('stuck');
  });

  it.each([
    ['its job is over', true],
    ['its job is in no list', false],
  ])('is missing when it is not due yet and %s', (_, isOver) => {
    expect(judge({ exists: true, isOver, isTaken: false })).toBe('missing');
    expect(judge({ exists: true, isOver, isTaken: false }, due.subtract({ seconds: 1 }))).toBeUndefined();
  });

  it('is not stuck while it waits its turn, however late', () => {
    expect(judge({ exists: true, isOver: false, isTaken: true }, due.add({ hours: 5 }))).toBeUndefined();
  });
});
