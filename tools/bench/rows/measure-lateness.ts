import { allDone } from '../all-done';
import { numberedTasks } from '../numbered-tasks';
import { percentile } from '../percentile';
import type { Figure, Sample } from '../row';
import type { Scale } from '../scale';
import type { TaskRunning } from '../task-running';
import { TooLateError } from '../too-late-error';

const PATIENCE_MS = 60_000;

/** The figures of {@link measureLateness}, and of events that come when there is nothing else to do. */
export const IDLE_FIGURES: readonly Figure[] = [
  { id: 'idleP50', title: 'when idle: p50', unit: 'ms', better: 'less', optional: true },
  { id: 'idleP99', title: 'when idle: p99', unit: 'ms', better: 'less', optional: true },
];

/** The figures' values. */
export function idleSample(tookMs: readonly number[]): Sample {
  return { idleP50: percentile(tookMs, 0.5), idleP99: percentile(tookMs, 0.99) };
}

/** How late the bodies of tasks run that are due at random times, when there is nothing else to do. */
export async function measureLateness(
  worker: TaskRunning,
  scale: Pick<Scale, 'lonelyTasks' | 'lonelyTasksMs' | 'lonelyLeadMs'> & { first: number },
): Promise<Sample> {
  const { first, lonelyTasks, lonelyTasksMs, lonelyLeadMs } = scale;
  const from = Date.now() + lonelyLeadMs;
  const tasks = numberedTasks(first, lonelyTasks).map(({ number }) => {
    return { number, dueAtMs: from + Math.floor(Math.random() * lonelyTasksMs) };
  });
  await worker.schedule(tasks);
  if (Date.now() > from) throw new TooLateError(`the last task was handed over ${Date.now() - from} ms too late`);
  await allDone(worker, lonelyLeadMs + lonelyTasksMs + PATIENCE_MS);
  const dueAtMs = new Map(tasks.map((task) => [task.number, task.dueAtMs]));
  const runs = (await worker.runs()).filter(({ number }) => dueAtMs.has(number));
  return idleSample(runs.map(({ number, atMs }) => atMs - dueAtMs.get(number)!));
}
