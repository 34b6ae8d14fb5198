import { allDone } from '../all-done';
import { QUEUE } from '../bull-state';
import { numberedTasks } from '../numbered-tasks';
import { NoOpWorker } from '../ours/no-op-worker';
import { percentile } from '../percentile';
import { Place } from '../place';
import type { Context, Row, Sample, Side } from '../row';
import type { DueTask } from '../task-running';
import { TooLateError } from '../too-late-error';
import { until } from '../until';

const NEARBY = 'nearby_queue';
const PATIENCE_MS = 60_000;
/** Tasks of a storm to a ms in which others are due: about as many as it does in one. */
const STORM_PER_MS = 6;

/** Whether a queue whose tasks are all due at one instant holds up another one. */
export const neighbours: Row = {
  id: 'neighbours',
  title: 'tasks of another queue during a storm',
  method:
    'While the no-op tasks of one queue, all due at one instant, are being done, tasks of another queue are due at random ' +
    'times. Late: until the body runs.',
  figures: [
    { id: 'p50', title: 'late: p50', unit: 'ms', better: 'less' },
    { id: 'p99', title: 'late: p99', unit: 'ms', better: 'less' },
  ],
  sides: [
    side('ours', 'this system, one worker', 'one worker process for both queues', false),
    side(
      'ours-apart',
      'this system, a worker each',
      '`BUDGETBUDDY_WORKER_QUEUES`: a worker process for each queue',
      true,
    ),
  ],
};

function side(id: string, title: string, includes: string, apart: boolean): Side {
  return { id, who: 'ours', title, includes, measure: (context) => measure(context, apart) };
}

async function measure(context: Context, apart: boolean): Promise<Sample> {
  const place = await Place.prepare({ database: true, settings: { BUDGETBUDDY_QUEUES: `${QUEUE},${NEARBY}` } });
  const { nodeArguments } = context;
  const only = (queue: string) => ({ nodeArguments, ...(apart && { env: { BUDGETBUDDY_WORKER_QUEUES: queue } }) });
  const worker = new NoOpWorker(place, only(QUEUE));
  const nearby = apart ? new NoOpWorker(place, only(NEARBY)) : worker;
  try {
    await worker.start();
    if (apart) await nearby.start();
    return await measureStorm(worker, nearby, place, context);
  } finally {
    await worker.close();
    if (apart) await nearby.close();
    await place.drop();
  }
}

async function measureStorm(worker: NoOpWorker, nearby: NoOpWorker, place: Place, { scale }: Context): Promise<Sample> {
  const { tasks, warmUpTasks, lonelyTasks, stormLeadMs } = scale;
  await worker.schedule(numberedTasks(0, warmUpTasks));
  await allDone(worker);
  const dueAtMs = Date.now() + stormLeadMs;
  await worker.schedule(numberedTasks(warmUpTasks, tasks, dueAtMs));
  const others = scattered(warmUpTasks + tasks, lonelyTasks, dueAtMs, tasks / STORM_PER_MS);
  await nearby.schedule(others, NEARBY);
  await place.checkpoint();
  if (Date.now() > dueAtMs) throw new TooLateError(`handed over ${Date.now() - dueAtMs} ms too late`);
  await allDone(worker, stormLeadMs + PATIENCE_MS);
  const due = new Map(others.map((task) => [task.number, task.dueAtMs!]));
  const late = async () =>
    (await nearby.runs()).filter(({ number }) => due.has(number)).map(({ number, atMs }) => atMs - due.get(number)!);
  await until(lonelyTasks, async () => (await late()).length, {
    what: 'tasks of the other queue',
    patienceMs: PATIENCE_MS,
  });
  const lateMs = await late();
  return { p50: percentile(lateMs, 0.5), p99: percentile(lateMs, 0.99) };
}

function scattered(first: number, count: number, fromMs: number, overMs: number): DueTask[] {
  return numberedTasks(first, count).map(({ number }) => {
    return { number, dueAtMs: fromMs + Math.floor(Math.random() * overMs) };
  });
}
