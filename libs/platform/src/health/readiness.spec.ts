import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Shutdown } from '../shutdown/shutdown';
import { Readiness } from './readiness';

describe('Readiness', () => {
  let shutdown: Shutdown;
  let readiness: Readiness;

  beforeEach(() => {
    vi.useFakeTimers();
    shutdown = new Shutdown();
    readiness = new Readiness(shutdown);
  });

  afterEach(() => vi.useRealTimers());

  it('tells of each dependency whether it is up, and if not, why', async () => {
    readiness.register('oven', () => Promise.resolve());
    readiness.register('till', () => Promise.reject(new Error('no till at http://me:secret@till')));
    expect(await readiness.check()).toEqual([
      { name: 'oven', up: true },
      { name: 'till', up: false, reason: 'no till at http://me:***@till' },
    ]);
  });

  it('tells what is amiss with a dependency that does its part', async () => {
    readiness.register('oven', () => Promise.resolve('its light is out'));
    expect(await readiness.check()).toEqual([{ name: 'oven', up: true, reason: 'its light is out' }]);
  });

  it('asks a dependency that does not answer once, however often it is probed', async () => {
    const check = vi.fn(() => new Promise<void>(() => undefined));
    readiness.register('oven', check);
    const probes = [readiness.check(), readiness.check()];
    await vi.advanceTimersByTimeAsync(2_000);
    const frozen = [{ name: 'oven', up: false, reason: 'no answer within 2000 ms' }];
    expect(await Promise.all(probes)).toEqual([frozen, frozen]);
    expect(check).toHaveBeenCalledTimes(1);
  });

  it('asks again in the end, for an answer may be lost for good', async () => {
    const check = vi.fn(() => new Promise<void>(() => undefined));
    readiness.register('oven', check);
    void readiness.check();
    await vi.advanceTimersByTimeAsync(15_000);
    check.mockImplementation(() => Promise.resolve());
    expect(await readiness.check()).toEqual([{ name: 'oven', up: true }]);
  });

  it('asks again after each answer', async () => {
    const check = vi.fn(() => Promise.resolve());
    readiness.register('oven', check);
    await readiness.check();
    await readiness.check();
    expect(check).toHaveBeenCalledTimes(2);
  });

  it('is not ready as soon as the process shuts down', async () => {
    shutdown.begin();
    expect(await readiness.check()).toEqual([{ name: 'process', up: false, reason: 'shutting down' }]);
  });
});
