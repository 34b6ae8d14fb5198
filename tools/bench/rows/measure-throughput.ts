import { allDone } from '../all-done';
import { numberedTasks } from '../numbered-tasks';
import type { Place } from '../place';
import type { Scale } from '../scale';
import type { TaskRunning } from '../task-running';

/** How many of so many tasks that are ready a worker runs in a second, after the warm-up; their numbers begin with 0. */
export async function measureThroughput(
  worker: TaskRunning,
  place: Place,
  { tasks, warmUpTasks }: Pick<Scale, 'tasks' | 'warmUpTasks'>,
): Promise<number> {
  await worker.schedule(numberedTasks(0, warmUpTasks));
  await allDone(worker);
  worker.freeze();
  await worker.schedule(numberedTasks(warmUpTasks, tasks));
  await place.checkpoint();
  const startMs = performance.now();
  worker.thaw();
  const endMs = await allDone(worker);
  return tasks / ((endMs - startMs) / 1_000);
}
