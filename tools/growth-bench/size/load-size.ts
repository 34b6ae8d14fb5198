import { sql } from 'kysely';
import type { RenewalProducer } from '../../bench/ours/renewal-producer';
import type { Place } from '../../bench/place';
import type { Sample } from '../../bench/row';
import { stored } from '../../bench/stored';
import { fill } from '../load/fill';
import { patiently } from '../patiently';
import type { Size } from './measure-size';

/** Fills the servers, and tells how many bytes each of what is in them takes. */
export async function loadSize(place: Place, producer: RenewalProducer, { tasks, missing }: Size): Promise<Sample> {
  const before = await stored(place);
  await fill(place, producer, { count: tasks, missing });
  const vacuum = await patiently(sql`vacuum (analyze) tasks.task, budgets.budget`);
  await patiently(sql`checkpoint`);
  if (tasks === 0) return { vacuum };
  const after = await stored(place);
  const each = (name: keyof typeof after, count = tasks) => (after[name] - before[name]) / count;
  const timers = tasks - missing;
  return {
    vacuum,
    task: each('tasks'),
    taskIndex: each('taskIndexes'),
    budget: each('budgets'),
    ...(timers > 0 && { timer: each('redis', timers) }),
  };
}
