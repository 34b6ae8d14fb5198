import { TELLS_MEMORY } from '../../apps/memory-of';
import { OwnScheduler } from '../../bench/ours/own-scheduler';
import type { Place } from '../../bench/place';
import type { Sample } from '../../bench/row';
import { measureScheduling } from '../../bench/rows/measure-scheduling';
import type { GrowthScale } from '../growth-scale';
import { measureMemory } from './measure-memory';

/** Budgets of these numbers are used by nothing else. */
const FIRST = 1_000_000;

/** What a scheduler does, and holds, beside what is scheduled already. */
export async function measureScheduler(place: Place, scale: GrowthScale): Promise<Sample> {
  const scheduler = new OwnScheduler(place, { nodeArguments: TELLS_MEMORY });
  try {
    await scheduler.start();
    const events = await measureScheduling(scheduler, place, { ...scale, first: FIRST });
    return { events, ...(await measureMemory('scheduler', scheduler.apps[0]!)) };
  } finally {
    await scheduler.close();
  }
}
