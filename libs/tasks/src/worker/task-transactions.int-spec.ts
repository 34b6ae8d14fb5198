import { isShared } from '@budget-buddy/platform';
import { TaskBench, waitFor } from '@budget-buddy/testing';
import { IsInt } from 'class-validator';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { HandlesTask, Task, type TaskContext, TaskQueues } from '..';
import { QueueShares } from './queue-shares';

const QUEUE = 'budget_renewal_queue';
const OTHER_QUEUE = 'sketches';
/** With two queues, 4 + 2 × 2 connections are for other things; of so few none is spare. */
const POOL_SIZE = 11;
const PLACES = 3;

@Task<Paint>({ name: 'paint', queue: QUEUE, key: ({ fence }) => `paint-${fence}` })
class Paint {
  @IsInt() fence!: number;
}

@Task<Sketch>({ name: 'sketch', queue: OTHER_QUEUE, key: ({ fence }) => `sketch-${fence}` })
class Sketch {
  @IsInt() fence!: number;
}

@Task<Note>({ name: 'note', queue: QUEUE, key: ({ fence }) => `note-${fence}` })
class Note {
  @IsInt() fence!: number;
}

/** Whether each run of a handler had others in its transaction. */
let shared: { paint: boolean[]; note: boolean[] };
let painting: number;
let mostPainting: number;
let dry: Promise<void>;
/** What began to be painted or sketched, in order. */
let begun: string[];

@HandlesTask(Paint)
class PaintHandler {
  async handle(_: Paint, { key, transaction }: TaskContext): Promise<void> {
    begun.push(key);
    shared.paint.push(isShared(transaction));
    mostPainting = Math.max(mostPainting, ++painting);
    await dry;
    painting--;
  }
}

@HandlesTask(Sketch)
class SketchHandler {
  async handle(_: Sketch, { key }: TaskContext): Promise<void> {
    begun.push(key);
  }
}

@HandlesTask(Note, { sharesTransaction: true })
class NoteHandler {
  async handle(_: Note, { transaction }: TaskContext): Promise<void> {
    shared.note.push(isShared(transaction));
  }
}

let bench: TaskBench;
beforeAll(async () => {
  vi.stubEnv('BUDGETBUDDY_QUEUES', `${QUEUE},${OTHER_QUEUE}`);
  vi.stubEnv('BUDGETBUDDY_POSTGRES_POOL_SIZE', String(POOL_SIZE));
  // It would set timers where a test has set none.
  vi.stubEnv('BUDGETBUDDY_RECONCILE_INTERVAL', 'PT1H');
  bench = await TaskBench.start({
    tasks: [Paint, Sketch, Note],
    providers: [PaintHandler, SketchHandler, NoteHandler],
  });
});
afterAll(async () => {
  await bench?.close();
  vi.unstubAllEnvs();
});
beforeEach(() => {
  shared = { paint: [], note: [] };
  [painting, mostPainting, dry, begun] = [0, 0, Promise.resolve(), []];
});

const now = () => ({ eta: bench.clock.now() });
const succeeded = (key: string) =>
  waitFor(async () => (await bench.ledger.find(key))?.status === 'succeeded', { description: `${key} to be done` });

describe('tasks with transactions of their own', () => {
  it('run as many at a time as there are connections for, and keep those that share one from nothing', async () => {
    let dried = () => undefined as void;
    dry = new Promise((resolve) => (dried = resolve));
    const fences = Array.from({ length: 3 * PLACES }, (_, fence) => fence);
    for (const fence of fences) await bench.scheduler.schedule(Paint, { fence }, now());
    await waitFor(() => painting === PLACES, { description: 'all places to be taken' });

    await bench.scheduler.schedule(Note, { fence: 0 }, now());
    await succeeded('note-0');
    expect(painting).toBe(PLACES);
    dried();
    for (const fence of fences) await succeeded(`paint-${fence}`);
    expect(mostPainting).toBe(PLACES);
    expect(shared).toEqual({ paint: fences.map(() => false), note: [true] });
  });

  it('have one also when their timer fires under the name of a task that shares its own', async () => {
    const payload = { fence: 100 };
    const key = 'paint-100';
    const task = { key, name: 'paint', queue: QUEUE, payload, payloadVersion: 1, ...now() };
    await bench.database.transaction((tx) => bench.ledger.insert(tx, task));
    const job = await bench.get(TaskQueues).named(QUEUE, 'note').add('note', { key, revision: 1 });
    expect(await job.finished()).toMatchObject({ status: 'succeeded' });
    expect(shared).toEqual({ paint: [false], note: [] });
  });

  it('do not wait for all that another queue has', async () => {
    // Not Bull's lists of active jobs: the worker has yet to read those when they are in.
    const came = vi.spyOn(QueueShares.prototype, 'came');
    let dried = () => undefined as void;
    dry = new Promise((resolve) => (dried = resolve));
    const fences = Array.from({ length: 3 * PLACES }, (_, fence) => 200 + fence);
    for (const fence of fences) await bench.scheduler.schedule(Paint, { fence }, now());
    const cameOf = (queue: string) => came.mock.calls.filter(([its]) => its === queue).length;
    await waitFor(() => cameOf(QUEUE) === fences.length && painting === PLACES, { description: 'the paints to wait' });
    await bench.scheduler.schedule(Sketch, { fence: 200 }, now());
    await waitFor(() => cameOf(OTHER_QUEUE) === 1, { description: 'the sketch to wait for a place' });
    came.mockRestore();
    dried();
    for (const fence of fences) await succeeded(`paint-${fence}`);
    expect(begun.slice(0, PLACES)).not.toContain('sketch-200');
    // Which of those that got a place at the same moment begins first is PostgreSQL's.
    expect(begun.slice(PLACES, 2 * PLACES)).toContain('sketch-200');
  });
});

describe('the end of a worker', () => {
  it('lets others have the tasks that wait for a transaction of their own, and finishes those that have one', async () => {
    const ending = await TaskBench.start({ tasks: [Paint], providers: [PaintHandler] });
    const came = vi.spyOn(QueueShares.prototype, 'came');
    let dried = () => undefined as void;
    dry = new Promise((resolve) => (dried = resolve));
    const fences = Array.from({ length: 3 * PLACES }, (_, fence) => 400 + fence);
    for (const fence of fences) await ending.scheduler.schedule(Paint, { fence }, { eta: ending.clock.now() });
    await waitFor(() => came.mock.calls.length === fences.length && painting === PLACES, {
      description: 'all places to be taken, and the others to wait',
    });
    came.mockRestore();

    const queue = ending.get(TaskQueues).named(QUEUE, 'paint');
    const closed = ending.close();
    await waitFor(async () => (await queue.getActiveCount()) === PLACES, {
      description: 'the others to be given back',
    });
    const { active, waiting, delayed } = await queue.getJobCounts();
    expect({ active, others: waiting + delayed }).toEqual({ active: PLACES, others: fences.length - PLACES });
    const tasks = await Promise.all(fences.map((fence) => ending.ledger.find(`paint-${fence}`)));
    expect(tasks.map((task) => [task!.status, task!.attempts])).toEqual(fences.map(() => ['scheduled', 0]));
    dried();
    await closed;
    expect(begun).toHaveLength(PLACES);
    expect(painting).toBe(0);
  });
});

describe('the share of a queue', () => {
  it('is what tasks that share a transaction run in, and knows of all others', async () => {
    const [run, came] = [vi.spyOn(QueueShares.prototype, 'run'), vi.spyOn(QueueShares.prototype, 'came')];
    await bench.scheduler.schedule(Sketch, { fence: 300 }, now());
    await succeeded('sketch-300');
    expect(run).not.toHaveBeenCalled();
    expect(came).toHaveBeenCalledWith(OTHER_QUEUE);
    await bench.scheduler.schedule(Note, { fence: 300 }, now());
    await succeeded('note-300');
    expect(run).toHaveBeenCalledWith(QUEUE, expect.any(Function));
  });

  it('is all there is, once the worker ends: what it still has need not give way', async () => {
    const end = vi.spyOn(QueueShares.prototype, 'end');
    const ending = await TaskBench.start({ tasks: [Note], providers: [NoteHandler] });
    expect(end).not.toHaveBeenCalled();
    await ending.close();
    expect(end).toHaveBeenCalledOnce();
  });
});
