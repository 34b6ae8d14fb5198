import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { LeadershipLostError, Reign, SILENCE_MS } from './reign';

let reign: Reign;
const sayAlive = vi.fn<() => Promise<void>>();
const lost = vi.fn();

beforeEach(() => {
  vi.useFakeTimers();
  sayAlive.mockReset().mockResolvedValue();
  lost.mockReset();
  reign = new Reign(sayAlive);
  reign.lost.catch(lost);
});
afterEach(() => {
  reign.end();
  vi.useRealTimers();
});

const minutes = (count: number) => count * 60_000;

describe('a reign', () => {
  it('says that it lives, often enough, for as long as its work gets on', async () => {
    for (let second = 0; second < 600; second++) {
      await vi.advanceTimersByTimeAsync(1000);
      reign.assertHolds();
    }
    expect(sayAlive.mock.calls.length).toBeGreaterThan((3 * minutes(10)) / SILENCE_MS);
    expect(lost).not.toHaveBeenCalled();
  });

  it('is over, before anything else is done, when the process wakes from a sleep', () => {
    // Frozen: time goes by, and nothing of this process runs.
    vi.setSystemTime(Date.now() + SILENCE_MS);
    const frozen = vi.spyOn(performance, 'now').mockReturnValue(performance.now() + SILENCE_MS);
    expect(() => reign.assertHolds()).toThrow(LeadershipLostError);
    frozen.mockRestore();
    expect(() => reign.assertHolds()).toThrow(LeadershipLostError);
  });

  it('is over some time before PostgreSQL takes it away when it does not answer', async () => {
    sayAlive.mockReturnValue(new Promise(() => undefined));
    await vi.advanceTimersByTimeAsync(SILENCE_MS - 4000);
    expect(() => reign.assertHolds()).toThrow('leadership of the reconciler is lost');
    await vi.advanceTimersByTimeAsync(0);
    expect(lost).toHaveBeenCalledOnce();
  });

  it('is over when PostgreSQL has ended its transaction', async () => {
    sayAlive.mockRejectedValue(new Error('terminating connection'));
    await vi.advanceTimersByTimeAsync(5000);
    expect(() => reign.assertHolds()).toThrow('leadership of the reconciler is lost: terminating connection');
    expect(lost).toHaveBeenCalledOnce();
  });

  it('is over when its work hangs, so that somebody else can do it', async () => {
    await vi.advanceTimersByTimeAsync(minutes(3));
    expect(lost).toHaveBeenCalledOnce();
    const said = sayAlive.mock.calls.length;
    await vi.advanceTimersByTimeAsync(minutes(3));
    expect(sayAlive.mock.calls.length).toBe(said);
  });
});
