import { allDone } from '../all-done';
import { QUEUE } from '../bull-state';
import { numberedTasks } from '../numbered-tasks';
import { NoOpWorker } from '../ours/no-op-worker';
import { percentile } from '../percentile';
import { Place } from '../place';
import { BullWorker } from '../raw/bull-worker';
import type { Context, Row, Sample, Side, Who } from '../row';
import type { Scale } from '../scale';
import type { DueTask, TaskRunning } from '../task-running';
import { TooLateError } from '../too-late-error';
import { until } from '../until';

const NEARBY = 'nearby_queue';
const PATIENCE_MS = 60_000;

/** A worker of more than one queue. */
interface Worker extends TaskRunning {
  schedule(tasks: readonly DueTask[], queue?: string): Promise<void>;
}

/** Whose workers there are. */
interface Kind {
  readonly who: Who;
  readonly make: (place: Place, queues: readonly string[], context: Context) => Worker;
  /** About how many tasks of a storm it does in a ms: so long others are due. */
  readonly perMs: number;
}

interface Arrangement extends Kind {
  /** A worker for each queue, or one for both. */
  readonly apart: boolean;
}

const ours: Kind = {
  who: 'ours',
  make: (place, queues, { nodeArguments }) =>
    new NoOpWorker(place, { nodeArguments, env: { BUDGETBUDDY_WORKER_QUEUES: queues.join(',') } }),
  perMs: 6,
};
const bull: Kind = { who: 'raw', make: (place, queues) => new BullWorker(place, queues), perMs: 25 };

/** Whether a queue whose tasks are all due at one instant holds up another one. */
export const neighbours: Row = {
  id: 'neighbours',
  title: 'tasks of another queue during a storm',
  method:
    'While the no-op tasks of one queue, all due at one instant, are being done, tasks of another queue are due at random ' +
    'times until the storm is over. Late: until the body runs.',
  figures: [
    { id: 'p50', title: 'late: p50', unit: 'ms', better: 'less' },
    { id: 'p99', title: 'late: p99', unit: 'ms', better: 'less' },
  ],
  sides: [
    side('ours', 'this system, one worker', 'one worker process for both queues', { ...ours, apart: false }),
    side('ours-apart', 'this system, a worker each', '`BUDGETBUDDY_WORKER_QUEUES`: a worker process for each queue', {
      ...ours,
      apart: true,
    }),
    side('raw', 'Bull alone, one process', 'both queues, concurrency 64 each, nothing recorded outside Redis', {
      ...bull,
      apart: false,
    }),
    {
      ...side('raw-apart', 'Bull alone, a process each', 'the same with a process for each queue', {
        ...bull,
        apart: true,
      }),
      counterpart: 'ours-apart',
    },
  ],
};

function side(id: string, title: string, includes: string, arrangement: Arrangement): Side {
  return { id, who: arrangement.who, title, includes, measure: (context) => measure(context, arrangement) };
}

async function measure(context: Context, { who, apart, make, perMs }: Arrangement): Promise<Sample> {
  const settings = { BUDGETBUDDY_QUEUES: `${QUEUE},${NEARBY}` };
  const place = await Place.prepare({ database: who === 'ours', settings });
  const worker = make(place, apart ? [QUEUE] : [QUEUE, NEARBY], context);
  const nearby = apart ? make(place, [NEARBY], context) : worker;
  try {
    await worker.start();
    if (apart) await nearby.start();
    return await measureStorm(worker, nearby, { place, ...context.scale, overMs: context.scale.tasks / perMs });
  } finally {
    await worker.close();
    if (apart) await nearby.close();
    await place.drop();
  }
}

interface Storm extends Pick<Scale, 'tasks' | 'warmUpTasks' | 'lonelyTasks' | 'stormLeadMs'> {
  readonly place: Place;
  /** From its instant on, for how long tasks of the other queue are due. */
  readonly overMs: number;
}

async function measureStorm(worker: Worker, nearby: Worker, storm: Storm): Promise<Sample> {
  const { place, tasks, warmUpTasks, lonelyTasks, stormLeadMs, overMs } = storm;
  await worker.schedule(numberedTasks(0, warmUpTasks));
  await allDone(worker);
  const dueAtMs = Date.now() + stormLeadMs;
  await worker.schedule(numberedTasks(warmUpTasks, tasks, dueAtMs));
  const others = scattered(warmUpTasks + tasks, lonelyTasks, dueAtMs, overMs);
  await nearby.schedule(others, NEARBY);
  await place.checkpoint();
  if (Date.now() > dueAtMs) throw new TooLateError(`handed over ${Date.now() - dueAtMs} ms too late`);
  await allDone(worker, stormLeadMs + PATIENCE_MS);
  const overAtMs = Date.now();
  const due = new Map(others.map((task) => [task.number, task.dueAtMs!]));
  const theirs = async () => (await nearby.runs()).filter(({ number }) => due.has(number));
  await until(lonelyTasks, async () => (await theirs()).length, {
    what: 'tasks of the other queue',
    patienceMs: PATIENCE_MS,
  });
  const lateMs = (await theirs())
    .filter(({ number }) => due.get(number)! <= overAtMs)
    .map(({ number, atMs }) => atMs - due.get(number)!);
  return { p50: percentile(lateMs, 0.5), p99: percentile(lateMs, 0.99) };
}

function scattered(first: number, count: number, fromMs: number, overMs: number): DueTask[] {
  return numberedTasks(first, count).map(({ number }) => {
    return { number, dueAtMs: fromMs + Math.floor(Math.random() * overMs) };
  });
}
