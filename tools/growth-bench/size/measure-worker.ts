import { TELLS_MEMORY } from '../../apps/memory-of';
import { allDone } from '../../bench/all-done';
import { numberedTasks } from '../../bench/numbered-tasks';
import type { RenewalProducer } from '../../bench/ours/renewal-producer';
import { RenewalWorker } from '../../bench/ours/renewal-worker';
import type { Place } from '../../bench/place';
import type { Sample } from '../../bench/row';
import { measureLateness } from '../../bench/rows/measure-lateness';
import { countRuns } from '../../bench/run-count';
import { type Comparison, Comparisons } from '../../reconciler-bench/comparisons';
import type { GrowthScale } from '../growth-scale';
import { measureMemory } from './measure-memory';
import type { Size } from './measure-size';

const LONGEST_COMPARISON_MS = 900_000;

/** How a worker starts, how late it is, and what it holds, beside all that waits. */
export async function measureWorker(
  place: Place,
  producer: RenewalProducer,
  size: Size,
  scale: GrowthScale,
): Promise<Sample> {
  const comparisons = new Comparisons();
  const comparing = comparisons.next(AbortSignal.timeout(LONGEST_COMPARISON_MS));
  // Heard below, unless something else has failed before.
  comparing.catch(() => undefined);
  const worker = new RenewalWorker(place, {
    producer,
    others: size.tasks,
    nodeArguments: TELLS_MEMORY,
    onLine: comparisons.read,
  });
  try {
    const startMs = performance.now();
    await worker.start();
    const ready = performance.now() - startMs;
    const comparison = await comparing;
    judge(comparison, size);
    const lateness = await lateRenewals(worker, scale);
    return {
      ready,
      compared: comparison.durationMs,
      ...(size.missing > 0 && { timersSet: (1_000 * size.missing) / comparison.durationMs }),
      ...lateness,
      ...(await measureMemory('worker', worker.apps[0]!)),
    };
  } finally {
    await worker.close();
  }
}

/** Whether the timers that were copied are right is for the reconciler to say. */
function judge({ compared, missing, drifted, extra, unmended }: Comparison, size: Size): void {
  const found = JSON.stringify({ compared, missing, drifted, extra, unmended });
  const expected = JSON.stringify({ compared: size.tasks, missing: size.missing, drifted: 0, extra: 0, unmended: 0 });
  if (found !== expected) throw new Error(`the reconciler found ${found}, expected ${expected}`);
}

/** After a warm-up: by then all code is loaded and all pools are full, whatever waits. */
async function lateRenewals(worker: RenewalWorker, scale: GrowthScale): Promise<Sample> {
  const { warmUpTasks, lonelyTasks } = scale;
  await worker.schedule(numberedTasks(0, warmUpTasks));
  await allDone(worker);
  const lateness = await measureLateness(worker, { ...scale, first: warmUpTasks });
  await worker.lastPublishedMs();
  const { lost, twice } = countRuns(await worker.runs(), 0, warmUpTasks + lonelyTasks);
  if (lost + twice > 0) throw new Error(`${lost} renewals never ran and ${twice} ran twice, expected none`);
  return lateness;
}
