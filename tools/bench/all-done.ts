import type { TaskRunning } from './task-running';
import { until } from './until';

const PATIENCE_MS = 60_000;

/** Waits until a worker has nothing left to do. @returns when it was seen, in ms as `performance.now()` has them. */
export function allDone(worker: TaskRunning, patienceMs = PATIENCE_MS): Promise<number> {
  return until(0, () => worker.pending(), { what: 'pending tasks', patienceMs });
}
