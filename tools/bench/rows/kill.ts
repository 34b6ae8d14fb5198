import { numberedTasks } from '../numbered-tasks';
import type { Place } from '../place';
import type { Context, Row, Sample } from '../row';
import { countRuns } from '../run-count';
import type { TaskRunning } from '../task-running';
import { TooLateError } from '../too-late-error';
import { StandstillError, until } from '../until';
import { taskSides } from './task-sides';

/** What waits for a lost worker's lock has a rest of a multiple of this. */
const STALLED_AFTER = 'PT5S';
const PATIENCE_MS = 20_000;

const { ours, raw, celery } = taskSides(measure, { BUDGETBUDDY_TASK_STALLED_AFTER: STALLED_AFTER });

/** What is lost, and what is done twice, when a worker is killed in the middle of its work. */
export const kill: Row = {
  id: 'kill',
  title: 'kill -9 in the middle, and a new start',
  method:
    'All tasks are due at one instant; when half of them have run, all processes of the worker are killed and started anew. ' +
    '"Done twice" is what the outside world sees: by the ledger where there is one (an attempt that did not commit ' +
    'has left nothing), else each run of a body.',
  figures: [
    { id: 'doneTwice', title: 'done twice', unit: '', better: 'less' },
    { id: 'bodiesTwice', title: 'bodies that ran twice', unit: '', better: 'less' },
    { id: 'lost', title: 'never ran', unit: '', better: 'less' },
    { id: 'recovered', title: 'all done after', unit: 'ms', better: 'less' },
  ],
  sides: [ours, raw, celery],
};

async function measure(worker: TaskRunning, _: Place, { scale }: Context): Promise<Sample> {
  const { killedTasks: tasks, stormLeadMs } = scale;
  const dueAtMs = Date.now() + stormLeadMs;
  await worker.schedule(numberedTasks(0, tasks, dueAtMs));
  if (Date.now() > dueAtMs)
    throw new TooLateError(`the last task was handed over ${Date.now() - dueAtMs} ms after it was due`);
  await halfDone(worker, tasks, stormLeadMs);
  await worker.kill();
  const killedAtMs = Date.now();
  await worker.start();
  await restDone(worker, tasks);
  const [runs, done] = [await worker.runs(), await worker.done()];
  return {
    doneTwice: countRuns(done, 0, tasks).twice,
    bodiesTwice: countRuns(runs, 0, tasks).twice,
    lost: countRuns(done, 0, tasks).lost,
    // Of few tasks all may have run before the last process was dead.
    recovered: Math.max(killedAtMs, ...runs.map(({ atMs }) => atMs)) - killedAtMs,
  };
}

async function halfDone(worker: TaskRunning, tasks: number, stormLeadMs: number): Promise<void> {
  const missing = async () => Math.max(0, Math.ceil(tasks / 2) - (await worker.runs()).length);
  await until(0, missing, { what: 'half of the tasks', patienceMs: stormLeadMs + PATIENCE_MS, everyMs: 2 });
}

/** Until each task has run and nothing is left to do; or nothing happens any more, for what is lost never runs. */
async function restDone(worker: TaskRunning, tasks: number): Promise<void> {
  const left = async () => countRuns(await worker.runs(), 0, tasks).lost + Math.max(0, await worker.pending());
  try {
    await until(0, left, { what: 'tasks left', patienceMs: PATIENCE_MS, everyMs: 100 });
  } catch (error) {
    if (!(error instanceof StandstillError)) throw error;
  }
}
