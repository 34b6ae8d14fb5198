import { Temporal } from 'temporal-polyfill';
import { describe, expect, it } from 'vitest';
import { putOffDelay } from './put-off-delay';

const since = Temporal.Instant.from('2027-01-01T00:00:00Z');
const after = (seconds: number) => putOffDelay(since.add({ seconds }), since.toString()) / 1000;

describe('a task that cannot be read is put off', () => {
  it('for 30 s at first', () => {
    expect(putOffDelay(since, undefined)).toBe(30_000);
  });

  it('for 30 s when somebody wrote no time where the first time should be', () => {
    expect(putOffDelay(since, 'yesterday')).toBe(30_000);
    expect(putOffDelay(since, { at: 1 } as unknown as string)).toBe(30_000);
  });

  it('for as long again as it was put off already, and at most 5 minutes', () => {
    expect([0, 30, 60, 120, 240, 480, 86_400 * 90].map(after)).toEqual([30, 30, 60, 120, 240, 300, 300]);
  });
});
