import { memoryOfTree } from '../../bench/memory-of-tree';
import { OwnScheduler } from '../../bench/ours/own-scheduler';
import type { Place } from '../../bench/place';
import type { Sample } from '../../bench/row';
import { measureScheduling } from '../../bench/rows/measure-scheduling';
import { settledMemory } from '../../bench/settled-memory';
import { residentMemory } from '../../reconciler-bench/resident-memory';
import type { GrowthScale } from '../growth-scale';

/** Budgets of these numbers are used by nothing else. */
const FIRST = 1_000_000;

/** What a scheduler does, and holds, beside what is scheduled already. */
export async function measureScheduler(place: Place, scale: GrowthScale): Promise<Sample> {
  const scheduler = new OwnScheduler(place);
  try {
    await scheduler.start();
    const events = await measureScheduling(scheduler, place, { ...scale, first: FIRST });
    const [pid] = scheduler.pids;
    const schedulerMemory = await settledMemory(() => memoryOfTree(pid!));
    return { events, schedulerMemory, schedulerPeak: residentMemory(pid!).most / 1e6 };
  } finally {
    await scheduler.close();
  }
}
