import { allDone } from '../all-done';
import { numberedTasks } from '../numbered-tasks';
import { percentile } from '../percentile';
import type { Place } from '../place';
import type { Figure, Sample } from '../row';
import type { Scale } from '../scale';
import type { TaskRunning } from '../task-running';
import { TooLateError } from '../too-late-error';

const PATIENCE_MS = 60_000;

/** The figures of {@link measureStorm}. */
export const STORM_FIGURES: readonly Figure[] = [
  { id: 'last', title: 'due at one instant: last', unit: 'ms', better: 'less' },
  { id: 'p50', title: 'due at one instant: p50', unit: 'ms', better: 'less' },
];

/** What a storm came to, and when it was due, in ms since 1970. */
interface Storm {
  readonly dueAtMs: number;
  readonly sample: Sample;
}

/** How late tasks are done that are all due at one instant. The worker is warm. */
export async function measureStorm(
  worker: TaskRunning,
  place: Place,
  {
    first,
    tasks,
    stormLeadMs,
    stormQuietMs,
  }: Pick<Scale, 'tasks' | 'stormLeadMs' | 'stormQuietMs'> & { first: number },
): Promise<Storm> {
  const dueAtMs = Date.now() + stormLeadMs;
  await worker.schedule(numberedTasks(first, tasks, dueAtMs));
  await place.checkpoint();
  const earlyMs = dueAtMs - Date.now();
  if (earlyMs < stormQuietMs)
    throw new TooLateError(`the last task was handed over ${earlyMs} ms before it was due, expected ${stormQuietMs}`);
  await allDone(worker, stormLeadMs + PATIENCE_MS);
  const done = (await worker.done()).filter(({ number }) => number >= first && number < first + tasks);
  const lateMs = done.map(({ atMs }) => atMs - dueAtMs);
  if (Math.min(...lateMs) < 0) throw new Error(`a task ran ${-Math.min(...lateMs)} ms before it was due`);
  return { dueAtMs, sample: { last: Math.max(...lateMs), p50: percentile(lateMs, 0.5) } };
}
