import { describe, expect, it } from 'vitest';
import { type FullComparisonsSoFar, isFullComparisonDue } from './full-comparisons';

const memories = { renewals: 'mark-1 run-1', mails: 'mark-2 run-1' };
const soFar: FullComparisonsSoFar = {
  begun: 7,
  completed: 7,
  sinceCompletedMs: 1000,
  memories: { ...memories, retired: 'mark-3 run-1' },
  timersUntil: null,
};
const isDue = (changes: Partial<FullComparisonsSoFar>, now = memories, owed = 7) =>
  isFullComparisonDue({ ...soFar, ...changes }, now, owed, 600_000);

describe('a comparison of all timers', () => {
  it('is not due after one that was just completed, by whichever process', () => {
    expect(isDue({})).toBe(false);
  });

  it.each([
    ['there was none', { completed: 0, sinceCompletedMs: null }],
    ['the interval is over', { sinceCompletedMs: 600_000 }],
    ['one was begun and did not come to its end', { begun: 8, completed: 6 }],
    ['a queue was never compared', { memories: { renewals: 'mark-1 run-1' } }],
  ])('is due when %s', (_, changes) => {
    expect(isDue(changes)).toBe(true);
  });

  it('is due when this process has started, or failed, since the last one began', () => {
    expect(isDue({}, memories, 8)).toBe(true);
  });

  it.each(['mark-9 run-1', 'mark-1 run-9'])('is due when Redis has another memory: %s', (renewals) => {
    expect(isDue({}, { ...memories, renewals })).toBe(true);
  });
});
