import { setTimeout as delay } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { LockTimers } from './lock-timers';

it('calls back once, in time, and is idle then', async () => {
  const timers = new LockTimers();
  let calls = 0;
  timers.set('lock', 5, () => calls++);
  await timers.whenIdle();
  await delay(20);
  expect(calls).toBe(1);
});

it('does not call back what was cleared, and is idle when the last one is', async () => {
  const timers = new LockTimers();
  let calls = 0;
  const [one, other] = [timers.set('lock', 5, () => calls++), timers.set('lock', 5, () => calls++)];
  let idle = false;
  const whenIdle = timers.whenIdle().then(() => (idle = true));
  timers.clear(one);
  timers.clear(one);
  await Promise.resolve();
  expect(idle).toBe(false);
  timers.clear(other);
  await whenIdle;
  await delay(20);
  expect(calls).toBe(0);
});

it('clears all, and is idle with none', async () => {
  const timers = new LockTimers();
  timers.clear(undefined);
  await timers.whenIdle();
  for (let count = 0; count < 3; count++) timers.set('lock', 60_000, () => undefined);
  timers.clearAll();
  await timers.whenIdle();
});

it('may be set anew by its own work, and is not idle for that', async () => {
  const timers = new LockTimers();
  let again: NodeJS.Timeout | undefined;
  timers.set('lock', 5, () => (again = timers.set('lock', 60_000, () => undefined)));
  await delay(30);
  expect(again).toBeDefined();
  timers.clear(again);
  await timers.whenIdle();
});
