import { describe, expect, it } from 'vitest';
import { PermanentTaskError } from '../task/permanent-task-error';
import { decideRetry } from './retry-decision';
import { exponential, fixed, increasing, perError } from './retry-delay';

const asCelery = { maxRetries: 3, retryDelay: increasing('PT60S') };

describe('decideRetry', () => {
  it('waits 60, 120 and 180 s before the three retries, as the Celery task did, and then gives up', () => {
    const decisions = [1, 2, 3, 4].map((attempt) => decideRetry(new Error('away'), attempt, asCelery));
    expect(decisions).toEqual([
      { retry: true, delayMs: 60_000 },
      { retry: true, delayMs: 120_000 },
      { retry: true, delayMs: 180_000 },
      { retry: false, why: 'all 3 retries are spent' },
    ]);
  });

  it('does not retry a permanent error, whatever is left', () => {
    expect(decideRetry(new PermanentTaskError('no'), 1, asCelery)).toEqual({
      retry: false,
      why: 'the error is permanent',
    });
  });

  it.each(['PT0.0015S', 'PT0.001000001S'])('waits whole milliseconds, and no less than %s', (delay) => {
    const decision = decideRetry(new Error('x'), 1, { maxRetries: 3, retryDelay: fixed(delay) });
    expect(decision).toEqual({ retry: true, delayMs: 2 });
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY, -1, 1e300])(
    'gives up on a delay of %s, which Bull would misunderstand or no calendar has',
    (ms) => {
      expect(decideRetry(new Error('x'), 1, { maxRetries: 3, retryDelay: () => ms })).toMatchObject({ retry: false });
    },
  );

  it('takes another delay for some errors', () => {
    class RateLimited extends Error {}
    const policy = { maxRetries: 3, retryDelay: perError(fixed('PT1S'), [RateLimited, fixed('PT10M')]) };
    expect(decideRetry(new RateLimited(), 1, policy)).toEqual({ retry: true, delayMs: 600_000 });
    expect(decideRetry(new Error('other'), 1, policy)).toEqual({ retry: true, delayMs: 1000 });
  });
});

describe('retry delays', () => {
  it('exponential doubles up to its most', () => {
    const delay = exponential('PT1S', 'PT5S');
    expect([0, 1, 2, 3, 60].map((retries) => delay(retries, undefined))).toEqual([1000, 2000, 4000, 5000, 5000]);
  });

  it('refuses a negative one', () => {
    expect(() => fixed('-PT1S')).toThrow(/-PT1S/);
  });
});
