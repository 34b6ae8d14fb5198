import { describe, expect, it } from 'vitest';
import { queuePrefix } from './queue-prefix';

describe("the prefix of a queue's keys", () => {
  it.each(['redis://redis', 'redis+sentinel://a,b/main'])('is the configured one on %s', (url) => {
    expect(queuePrefix({ url, prefix: 'budgets' }, 'renewals')).toBe('budgets');
  });

  it('is a hash tag of its own on a cluster, so that all keys of a queue are on one node', () => {
    const redis = { url: 'redis+cluster://a,b', prefix: 'budgets' };
    expect(queuePrefix(redis, 'renewals')).toBe('{budgets:renewals}');
    expect(queuePrefix(redis, 'reminders')).toBe('{budgets:reminders}');
  });

  it('is the configured hash tag where there is one', () => {
    expect(queuePrefix({ url: 'redis+cluster://a', prefix: '{budgets}' }, 'renewals')).toBe('{budgets}');
  });
});
