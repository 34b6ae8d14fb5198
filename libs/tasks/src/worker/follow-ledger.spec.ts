import { describe, expect, it } from 'vitest';
import { followLedger, TimerAgain, TimerDone, tellBull } from './follow-ledger';

describe('Bull follows the ledger', () => {
  it('fires again when the ledger says so, however often it has fired', () => {
    expect(followLedger(1, new TimerAgain('early', 1500))).toBe(1500);
    expect(followLedger(1000, new TimerAgain('early', 0))).toBe(1);
  });

  it('stops at a failure that is final', () => {
    expect(followLedger(1, new TimerDone('given up'))).toBe(-1);
  });

  it('tries for ever, no faster than every 5 s, while the ledger cannot be reached', () => {
    const delays = [1, 2, 3, 6, 1_000_000].map((attemptsMade) => followLedger(attemptsMade, new Error('away')));
    expect(delays).toEqual([250, 500, 1000, 5000, 5000]);
  });

  it('lets go of a timer that would fire beyond the horizon', () => {
    const later = { status: 'retrying', delayMs: 3_600_001, error: 'x' } as const;
    expect(tellBull(later, 3_600_000)).toEqual({ ...later, timer: 'beyond the horizon' });
    expect(tellBull({ status: 'not-yet', delayMs: 3_600_001 }, 3_600_000)).toMatchObject({ status: 'not-yet' });
    expect(() => tellBull(later, 3_600_001)).toThrow(TimerAgain);
  });

  it('has each report told as what it is', () => {
    expect(tellBull({ status: 'succeeded', result: 1 })).toEqual({ status: 'succeeded', result: 1 });
    expect(() => tellBull({ status: 'not-yet', delayMs: 5 })).toThrow(TimerAgain);
    expect(() => tellBull({ status: 'put-off', delayMs: 5, reason: 'x' })).toThrow(TimerAgain);
    expect(() => tellBull({ status: 'retrying', delayMs: 5, error: 'x' })).toThrow(TimerAgain);
    expect(() => tellBull({ status: 'failed', error: 'x' })).toThrow(TimerDone);
  });
});
