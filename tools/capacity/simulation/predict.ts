import { SeededRandom } from '../../faults/seeded-random';
import type { GrowthFigures } from '../growth-figures';
import { rateOfOne } from '../demand';
import { shareBelow, simulate, type Wave } from './simulate';
import { serviceTimes } from './service-times';

/** More tasks than this are simulated as a part of them, with its part of the workers and of PostgreSQL. */
const MOST_SIMULATED = 1_000_000;

/** What a simulation says, in ms. */
export interface Prediction {
  readonly lastMs: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** How much is done within a minute of its due time. */
  readonly firstMinute: number;
  /** Lateness at each hundredth of the tasks. */
  readonly curve: readonly number[];
}

/** What renews the budgets: worker processes, and what they share. */
export interface SetUp {
  readonly workers: number;
  /** Most renewals a second that PostgreSQL does. */
  readonly ceilingPerSecond: number;
}

/**
 * Simulates waves with workers as they were measured: a worker holds `concurrency` tasks at a time, each as long as the
 * attempts in the ledger's history took, stretched so that one worker does as many a second as it did (Little's law).
 */
export function predict(
  waves: readonly Wave[],
  { workers, ceilingPerSecond }: SetUp,
  figures: GrowthFigures,
): Prediction {
  const tasks = waves.reduce((sum, wave) => sum + wave.tasks, 0);
  const parts = Math.max(1, Math.min(workers, Math.ceil(tasks / MOST_SIMULATED)));
  const random = new SeededRandom('capacity');
  const { concurrency, serviceQuantiles } = figures;
  const meanMs = (1_000 * concurrency) / rateOfOne(figures);
  const { lateMs } = simulate(
    waves.map(({ atMs, tasks: all }) => ({ atMs, tasks: Math.ceil(all / parts) })),
    {
      slots: Math.round((workers * concurrency) / parts),
      serviceMs: serviceTimes(serviceQuantiles, meanMs, () => random.next()),
      ceilingPerSecond: ceilingPerSecond / parts,
    },
  );
  return {
    lastMs: lateMs.at(-1)!,
    p50Ms: shareBelow(lateMs, 0.5),
    p99Ms: shareBelow(lateMs, 0.99),
    firstMinute: lateMs.filter((ms) => ms <= 60_000).length / lateMs.length,
    curve: Array.from({ length: 101 }, (_, percent) => shareBelow(lateMs, percent / 100)),
  };
}
