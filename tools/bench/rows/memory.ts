import { allDone } from '../all-done';
import { numberedTasks } from '../numbered-tasks';
import type { Place } from '../place';
import type { Context, Row, Sample } from '../row';
import { settledMemory } from '../settled-memory';
import { stored, type Stored } from '../stored';
import type { TaskRunning } from '../task-running';
import { taskSides } from './task-sides';

const FAR_AWAY_MS = 365 * 86_400_000;

const { ours, raw, celeryTakesAll } = taskSides(measure);

/** What tasks take that wait for a time far away. */
export const memory: Row = {
  id: 'memory',
  title: 'memory with waiting tasks',
  method:
    'All processes of a worker (proportional set size) after a warm-up; then again after it was started anew with the ' +
    'waiting tasks there and had taken, or compared, all of them. What a task takes in Redis, and in PostgreSQL with ' +
    'its indexes, is what they grew by.',
  figures: [
    { id: 'waiting', title: 'with all of them waiting', unit: 'MB', better: 'less' },
    { id: 'none', title: 'with none', unit: 'MB', better: 'less' },
    { id: 'growth', title: 'with ÷ without', unit: '×', better: 'less' },
    { id: 'redis', title: 'Redis, a task', unit: 'B', better: 'less', optional: true },
    { id: 'postgres', title: 'PostgreSQL, a task', unit: 'B', better: 'less', optional: true },
  ],
  sides: [ours, raw, celeryTakesAll],
};

async function measure(worker: TaskRunning, place: Place, { scale }: Context): Promise<Sample> {
  const { waitingTasks, warmUpTasks, memoryLookMs } = scale;
  await worker.schedule(numberedTasks(0, warmUpTasks));
  await allDone(worker);
  const none = await settledMemory(() => worker.memoryBytes(), memoryLookMs);
  const before = await stored(place);
  await worker.schedule(numberedTasks(warmUpTasks, waitingTasks, Date.now() + FAR_AWAY_MS));
  const after = await stored(place);
  await worker.kill();
  await worker.start();
  await worker.taken();
  const waiting = await settledMemory(() => worker.memoryBytes(), memoryLookMs);
  const pending = await worker.pending();
  if (pending !== waitingTasks) throw new Error(`${pending} tasks wait, expected ${waitingTasks}`);
  return { none, waiting, growth: waiting / none, ...growth(before, after, waitingTasks) };
}

/** A server that a side does not use has not grown, or by what it does for itself. */
function growth(before: Stored, after: Stored, tasks: number): Sample {
  const redis = (after.redis - before.redis) / tasks;
  const postgres_ = (after.tasks - before.tasks) / tasks;
  return { ...(redis > 100 && { redis }), ...(postgres_ > 0 && { postgres: postgres_ }) };
}
