import { expect, it, vi } from 'vitest';
import { DurableWrites } from './durable-writes';

it('tells how long the disk took', async () => {
  const times = [0, 1, 5, 6, 10, 12, 15, 16, 20, 23, 25, 26, 30, 70, 75, 76];
  vi.spyOn(performance, 'now').mockImplementation(() => times.shift()!);
  const writes = new DurableWrites();
  await writes.measure(2, new AbortController().signal);
  await writes.measure(2, new AbortController().signal);
  vi.restoreAllMocks();
  expect(writes.describe()).toBe(
    'p50 2.00 ms, p99 40.00 ms, at most 40.00 ms (4 of 8 KB, one every 5 ms, before and after all else)',
  );
});
