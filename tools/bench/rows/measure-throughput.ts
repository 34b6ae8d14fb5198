import { allDone } from '../all-done';
import { type Metering, unmetered } from '../metering';
import { numberedTasks } from '../numbered-tasks';
import type { Place } from '../place';
import type { Scale } from '../scale';
import type { TaskRunning } from '../task-running';

/**
 * How many of so many tasks that are ready a worker runs in a second, after the warm-up; their numbers begin with 0.
 * @param metering of the time that is measured.
 */
export async function measureThroughput(
  worker: TaskRunning,
  place: Place,
  { tasks, warmUpTasks }: Pick<Scale, 'tasks' | 'warmUpTasks'>,
  metering: Metering = unmetered,
): Promise<number> {
  await worker.schedule(numberedTasks(0, warmUpTasks));
  await allDone(worker);
  await worker.settled?.();
  worker.freeze();
  await worker.schedule(numberedTasks(warmUpTasks, tasks));
  await place.checkpoint();
  const tookMs = await metering(async () => {
    const startMs = performance.now();
    worker.thaw();
    return (await allDone(worker)) - startMs;
  });
  return tasks / (tookMs / 1_000);
}
