import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { Gathering } from './gathering';

let gathering: Gathering;
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'performance'] });
  gathering = new Gathering();
});
afterEach(() => {
  vi.useRealTimers();
});

/** So many come every ten ms. @returns how long the relay waits, in ms. */
async function waitedMs(handled: number, everyTenMs: number): Promise<number> {
  const startedMs = performance.now();
  const coming = setInterval(() => {
    for (let count = 0; count < everyTenMs; count++) gathering.oneMore();
  }, 10);
  let endedMs: number | undefined;
  const waiting = gathering.after(handled).then(() => (endedMs = performance.now()));
  await vi.advanceTimersByTimeAsync(1_000);
  await waiting;
  clearInterval(coming);
  return endedMs! - startedMs;
}

it('waits while many come, and not for long', async () => {
  expect(await waitedMs(100, 10)).toBe(300);
});

it('waits no more than one look when few come any more', async () => {
  expect(await waitedMs(100, 4)).toBe(50);
});

it('waits for nothing where few were published, however many come', async () => {
  expect(await waitedMs(99, 10)).toBe(0);
});
