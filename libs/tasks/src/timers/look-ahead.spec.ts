import type { Clock } from '@budget-buddy/platform';
import { Temporal } from 'temporal-polyfill';
import { expect, it } from 'vitest';
import { dueAtMs, MOST_WAIT_MS, untilSoon } from './look-ahead';

/** Tells these times one after the other, and the last one for ever. */
function clockOf(...times: number[]): { clock: Clock; asked: () => number } {
  let asked = 0;
  const now = () => Temporal.Instant.fromEpochMilliseconds(times[Math.min(asked++, times.length - 1)]!);
  return { clock: { now }, asked: () => asked };
}

it.each([
  ['until then', [100, 110], 2],
  ['once more when it was woken a moment too early', [100, 109, 110], 3],
  ['not at all for what is past', [111], 1],
  ['not at all for what is far off', [110 - MOST_WAIT_MS - 1], 1],
  ['no longer when the clock has been set back', [100, 110 - MOST_WAIT_MS - 1], 2],
  ['not for ever when the clock stands still', [109], 5],
])('waits %s', async (_, times, looks) => {
  const { clock, asked } = clockOf(...times);
  await untilSoon(110, clock);
  expect(asked()).toBe(looks);
});

it('does not wait for a job that does not say when it is due', async () => {
  const { clock, asked } = clockOf(100);
  await untilSoon(dueAtMs({ timestamp: 100, opts: {} }), clock);
  expect(asked()).toBe(1);
});
