import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SeededRandom } from '../../faults/seeded-random';
import { FreeSlots } from './free-slots';
import { shareBelow, simulate, type System, type Wave } from './simulate';
import { meanOf, serviceTimes } from './service-times';
import { largestShare, spreads, wavesOf } from './zones';

const NO_CEILING = Number.POSITIVE_INFINITY;
const fixed = (ms: number) => () => ms;
const at = (tasks: number, atMs = 0): Wave[] => [{ atMs, tasks }];

/** The same draws for the same task, whatever the system: what differs is the system alone. */
function drawn(seed: string, meanMs = 10): () => number {
  const random = new SeededRandom(seed);
  return () => -meanMs * Math.log(1 - random.next());
}

const anyWaves = fc
  .array(fc.record({ atMs: fc.integer({ min: 0, max: 5_000 }), tasks: fc.integer({ min: 0, max: 200 }) }), {
    maxLength: 5,
  })
  .map((waves) => waves.sort((one, other) => one.atMs - other.atMs));
const anyCeiling = fc.oneof(fc.constant(NO_CEILING), fc.integer({ min: 10, max: 5_000 }));
const anySlots = fc.integer({ min: 1, max: 40 });

describe('the simulation against known results', () => {
  it.each([
    [1, 1, 10],
    [100, 1, 10],
    [100, 10, 7],
    [101, 10, 7],
    [20_000, 40, 12.5],
  ])('%d tasks at one instant on %d slots that take %d ms each: the last after ceil(n / k) × s', (n, k, s) => {
    const { endMs } = simulate(at(n), { slots: k, serviceMs: fixed(s), ceilingPerSecond: NO_CEILING });
    expect(endMs).toBeCloseTo(Math.ceil(n / k) * s, 6);
  });

  it('the shared server bounds them: n tasks take n divided by its rate', () => {
    const { endMs, lateMs } = simulate(at(5_000), { slots: 100, serviceMs: fixed(1), ceilingPerSecond: 500 });
    expect(endMs).toBeCloseTo(10_000, 6);
    expect(shareBelow(lateMs, 0.5)).toBeCloseTo(5_000, 6);
  });

  it('a shared server that is never waited for changes nothing', () => {
    const system = { slots: 4, ceilingPerSecond: 1_000 };
    const { lateMs } = simulate(at(40), { ...system, serviceMs: fixed(50) });
    const alone = simulate(at(40), { ...system, serviceMs: fixed(50), ceilingPerSecond: NO_CEILING });
    expect(lateMs).toEqual(alone.lateMs);
  });

  it('M/D/1: the mean wait is ρ / (2 (1 − ρ)) × s (Pollaczek and Khinchine)', () => {
    const random = new SeededRandom('arrivals');
    const [s, rho, n] = [10, 0.7, 400_000];
    let atMs = 0;
    const arrivals = Array.from({ length: n }, () => ({
      atMs: (atMs -= (s / rho) * Math.log(1 - random.next())),
      tasks: 1,
    }));
    const { lateMs } = simulate(arrivals, { slots: 1, serviceMs: fixed(s), ceilingPerSecond: NO_CEILING });
    const wait = lateMs.reduce((sum, late) => sum + late, 0) / n - s;
    expect(wait / ((s * rho) / (2 * (1 - rho)))).toBeCloseTo(1, 1);
  });

  it('a second wave is not begun before it is due, and waits for what is left of the first', () => {
    const system: System = { slots: 1, serviceMs: fixed(10), ceilingPerSecond: NO_CEILING };
    const apart = simulate([...at(10), ...at(10, 1_000)], system);
    expect([apart.endMs, apart.lateMs.at(-1)]).toEqual([1_100, 100]);
    const together = simulate([...at(10), ...at(10, 50)], system);
    expect([together.endMs, together.lateMs.at(-1)]).toEqual([200, 150]);
  });
});

describe('whatever the waves and the system', () => {
  it('each task is done once, none before it can be, and the last when the simulation says', () => {
    fc.assert(
      fc.property(anyWaves, anySlots, anyCeiling, fc.string(), (waves, slots, ceilingPerSecond, seed) => {
        const tasks = waves.reduce((sum, wave) => sum + wave.tasks, 0);
        let asked = 0;
        const draw = drawn(seed);
        const serviceMs = () => (asked++, draw());
        const { lateMs, endMs } = simulate(waves, { slots, serviceMs, ceilingPerSecond });
        expect([asked, lateMs.length]).toEqual([tasks, tasks]);
        if (tasks === 0) return;
        expect(lateMs[0]).toBeGreaterThanOrEqual(0);
        const last = waves.filter((wave) => wave.tasks > 0).at(-1)!;
        expect(endMs).toBeGreaterThanOrEqual(Math.max(last.atMs, endMs - lateMs.at(-1)!));
      }),
    );
  });

  it('more slots, or a faster shared server, make no task later', () => {
    fc.assert(
      fc.property(
        anyWaves,
        anySlots,
        anySlots,
        anyCeiling,
        fc.string(),
        (waves, slots, more, ceilingPerSecond, seed) => {
          const late = (system: Omit<System, 'serviceMs'>) =>
            simulate(waves, { ...system, serviceMs: drawn(seed) }).lateMs;
          const before = late({ slots, ceilingPerSecond });
          const withMore = late({ slots: slots + more, ceilingPerSecond });
          const faster = late({ slots, ceilingPerSecond: 2 * ceilingPerSecond });
          for (const [index, ms] of before.entries()) {
            expect(withMore[index]).toBeLessThanOrEqual(ms + 1e-6);
            expect(faster[index]).toBeLessThanOrEqual(ms + 1e-6);
          }
        },
      ),
    );
  });
});

describe('the slots', () => {
  it('give the earliest one, whatever is taken', () => {
    fc.assert(
      fc.property(anySlots, fc.array(fc.integer({ min: 0, max: 100 }), { maxLength: 200 }), (count, stays) => {
        const slots = new FreeSlots(count);
        const plain = Array.from({ length: count }, () => Number.NEGATIVE_INFINITY);
        for (const stay of stays) {
          plain.sort((one, other) => one - other);
          expect(slots.earliest).toBe(plain[0]);
          const until = Math.max(0, plain[0]!) + stay;
          slots.take(until);
          plain[0] = until;
        }
      }),
    );
  });

  it('are at least one', () => {
    expect(() => new FreeSlots(0)).toThrow('0 slots, expected a whole number from 1');
  });
});

describe('service times', () => {
  it('have the mean that was asked for, and the shape that was measured', () => {
    const random = new SeededRandom('service');
    const draw = serviceTimes([1, 2, 3, 10], 30, () => random.next());
    const drawnTimes = Array.from({ length: 100_000 }, draw);
    expect(drawnTimes.reduce((sum, ms) => sum + ms, 0) / drawnTimes.length).toBeCloseTo(30, 0);
    const stretch = 30 / meanOf([1, 2, 3, 10]);
    const below = drawnTimes.filter((ms) => ms <= 2 * stretch).length / drawnTimes.length;
    expect(below).toBeCloseTo(1 / 3, 1);
    expect(Math.max(...drawnTimes)).toBeLessThanOrEqual(10 * stretch);
  });

  it('cannot be made of nothing', () => {
    expect(() => meanOf([0, 0])).toThrow('expected more than 0');
  });
});

describe('time zones', () => {
  it.each(spreads)('$title: everybody is due once', (spread) => {
    expect(spread.shares.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 9);
    for (const tasks of [1, 7, 24, 1_000_003]) {
      const waves = wavesOf(spread, tasks);
      expect(waves.reduce((sum, wave) => sum + wave.tasks, 0)).toBe(tasks);
      expect(waves.map(({ atMs }) => atMs)).toEqual(waves.map((_, hour) => hour * 3_600_000));
      for (const wave of waves) expect(wave.tasks).toBeLessThanOrEqual(Math.ceil(largestShare(spread) * tasks) + 1);
    }
  });
});
