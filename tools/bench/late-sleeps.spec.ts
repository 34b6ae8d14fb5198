import { expect, it, vi } from 'vitest';
import { LateSleeps } from './late-sleeps';

it('tells for how much longer than it asked for a process slept', async () => {
  const times = [0, 5.5, 10, 18, 20, 26];
  vi.spyOn(performance, 'now').mockImplementation(() => times.shift()!);
  const sleeps = new LateSleeps();
  for (let count = 0; count < 3; count++) await sleeps.sleep(5, new AbortController().signal);
  vi.restoreAllMocks();
  expect(sleeps.describe()).toBe('late by p50 1.00 ms, p99 3.00 ms, at most 3.00 ms');
});
