import type { AppProcess } from '../../apps/app-process';
import { memoryOf } from '../../apps/memory-of';
import { memoryOfTree } from '../../bench/memory-of-tree';
import type { Sample } from '../../bench/row';
import { FULL } from '../../bench/scale';
import { settledMemory } from '../../bench/settled-memory';
import { residentMemory } from '../../reconciler-bench/resident-memory';

/**
 * What an idle app has in memory, in MB: the most until now; then, once its garbage is collected, what it holds, and what
 * is resident. Before that the size would say more of when V8 last felt like collecting.
 */
export async function measureMemory(name: string, app: AppProcess): Promise<Sample> {
  const peak = residentMemory(app.pid).most / 1e6;
  const { held } = await memoryOf(app);
  const memory = await settledMemory(() => memoryOfTree(app.pid), FULL.memoryLookMs);
  return { [`${name}Peak`]: peak, [`${name}Held`]: held / 1e6, [`${name}Memory`]: memory };
}
