import { TaskBench, waitFor } from '@budget-buddy/testing';
import { IsInt } from 'class-validator';
import { Temporal } from 'temporal-polyfill';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { HandlesTask, Task, TaskTimers } from '..';
import { TaskLedger } from '../ledger/task-ledger';
import { CLAIM_AHEAD_MS, LOOK_AHEAD_MS } from '../timers/look-ahead';
import { TaskRunner } from './task-runner';

@Task<Timed>({ name: 'timed', queue: 'budget_renewal_queue', key: ({ number }) => `timed-${number}` })
class Timed {
  @IsInt()
  number!: number;
}

/** Shares its transaction with others of its kind. */
@Task<Shared>({ name: 'shared', queue: 'budget_renewal_queue', key: ({ number }) => `shared-${number}` })
class Shared {
  @IsInt()
  number!: number;
}

const begun = new Map<number, number>();
/** When the ledger was first asked for each task's row, and gave it, in ms since 1970. */
const [askedAt, inHandAt] = [new Map<string, number>(), new Map<string, number>()];

@HandlesTask(Timed)
class TimedHandler {
  handle({ number }: Timed): Promise<void> {
    begun.set(number, Date.now());
    return Promise.resolve();
  }
}

@HandlesTask(Shared, { sharesTransaction: true })
class SharedHandler extends TimedHandler {}

const after = (ms: number) => Temporal.Now.instant().round('millisecond').add({ milliseconds: ms });

let bench: TaskBench;
beforeAll(async () => {
  bench = await TaskBench.start({ tasks: [Timed, Shared], providers: [TimedHandler, SharedHandler] });
  vi.spyOn(bench.clock, 'now').mockImplementation(() => after(0));
  watchRows();
});
afterEach(() => {
  for (const noted of [begun, askedAt, inHandAt]) noted.clear();
});
afterAll(() => bench.close());

function watchRows(): void {
  const ledger = bench.get(TaskLedger);
  const lockIfFree = ledger.lockIfFree.bind(ledger);
  vi.spyOn(ledger, 'lockIfFree').mockImplementation(async (tx, key) => {
    if (!askedAt.has(key)) askedAt.set(key, Date.now());
    const row = await lockIfFree(tx, key);
    if (!inHandAt.has(key)) inHandAt.set(key, Date.now());
    return row;
  });
}

async function done(count: number): Promise<void> {
  await waitFor(() => begun.size === count, { description: `${count} tasks to be begun` });
}

it('takes timers from Redis before they are due, and runs each task when it is, asking the ledger once', async () => {
  const run = vi.spyOn(bench.get(TaskRunner), 'run');
  const dueAt = new Map(Array.from({ length: 100 }, (_, number) => [number, after(500 + number * 7)]));
  for (const [number, eta] of dueAt) await bench.scheduler.schedule(Timed, { number }, { eta });
  await done(dueAt.size);
  for (const [number, eta] of dueAt) expect(begun.get(number)).toBeGreaterThanOrEqual(eta.epochMilliseconds);
  expect(run).toHaveBeenCalledTimes(dueAt.size);
  const records = await Promise.all([...dueAt.keys()].map((number) => bench.ledger.find(`timed-${number}`)));
  const jobs = await Promise.all(records.map((record) => bench.get(TaskTimers).find(record!)));
  const aheadMs = jobs.map((job, number) => dueAt.get(number)!.epochMilliseconds - job!.processedOn!);
  // On a machine that is busy with something else some are taken late.
  expect(Math.max(...aheadMs)).toBeGreaterThan(LOOK_AHEAD_MS / 2);
  expect(Math.max(...aheadMs)).toBeLessThanOrEqual(LOOK_AHEAD_MS + 1);
});

it('waits in the worker, too, for a task whose time the timer does not tell', async () => {
  const eta = after(2_000);
  await bench.scheduler.schedule(Timed, { number: 1_001 }, { eta });
  const task = (await bench.ledger.find('timed-1001'))!;
  await bench.get(TaskTimers).forget(task);
  await bench.get(TaskTimers).set({ ...task, dueAt: eta.subtract({ milliseconds: LOOK_AHEAD_MS - 10 }) });
  await done(1);
  expect(begun.get(1_001)).toBeGreaterThanOrEqual(eta.epochMilliseconds);
  const job = await waitFor(async () => {
    const found = await bench.get(TaskTimers).find(task);
    return (await found?.isCompleted()) ? found! : undefined;
  });
  expect(job.attemptsMade).toBe(0);
});

it('puts a timer off that fires much too early', async () => {
  const eta = after(1_000);
  await bench.scheduler.schedule(Timed, { number: 1_002 }, { eta });
  const task = (await bench.ledger.find('timed-1002'))!;
  await bench.get(TaskTimers).forget(task);
  await bench.get(TaskTimers).set({ ...task, dueAt: after(0) });
  await waitFor(async () => ((await bench.get(TaskTimers).find(task))?.attemptsMade ?? 0) > 0);
  expect(begun.size).toBe(0);
  await done(1);
  expect(begun.get(1_002)).toBeGreaterThanOrEqual(eta.epochMilliseconds);
});

describe('a task that shares its transaction', () => {
  it('has its row in hand before it is due, and is run when it is', async () => {
    const dueAt = new Map(Array.from({ length: 50 }, (_, index) => [2_000 + index, after(500 + index * 13)]));
    for (const [number, eta] of dueAt) await bench.scheduler.schedule(Shared, { number }, { eta });
    await done(dueAt.size);
    const aheadMs = [...dueAt].map(([number, eta]) => eta.epochMilliseconds - inHandAt.get(`shared-${number}`)!);
    for (const [number, eta] of dueAt) expect(begun.get(number)).toBeGreaterThanOrEqual(eta.epochMilliseconds);
    // On a machine that is busy with something else some come late.
    expect(Math.max(...aheadMs)).toBeGreaterThan(CLAIM_AHEAD_MS / 2);
    expect(Math.max(...aheadMs)).toBeLessThanOrEqual(CLAIM_AHEAD_MS + 1);
  });

  it('is among the twenty of its queue that have theirs ahead, or is asked for when it is due', async () => {
    let ahead = 0;
    // On a machine that is busy with something else all may come late.
    for (let first = 3_000; first < 4_000 && ahead === 0; first += 100) {
      const eta = after(1_000);
      const numbers = Array.from({ length: 45 }, (_, index) => first + index);
      for (const number of numbers) await bench.scheduler.schedule(Shared, { number }, { eta });
      await waitFor(() => numbers.every((number) => begun.has(number)));
      for (const number of numbers) expect(begun.get(number)).toBeGreaterThanOrEqual(eta.epochMilliseconds);
      ahead = numbers.filter((number) => askedAt.get(`shared-${number}`)! < eta.epochMilliseconds).length;
      expect(ahead).toBeLessThanOrEqual(20);
    }
    expect(ahead).toBeGreaterThan(0);
  });

  it('is not cancelled any more once its row is in hand', async () => {
    let cancelledAhead = false;
    // On a machine that is busy with something else a row may be in hand too late for it.
    for (let number = 4_000; number < 4_010 && !cancelledAhead; number++) {
      const [key, eta] = [`shared-${number}`, after(500)];
      await bench.scheduler.schedule(Shared, { number }, { eta });
      await waitFor(() => inHandAt.has(key), { intervalMs: 1 });
      cancelledAhead = Date.now() < eta.epochMilliseconds;
      expect(await bench.scheduler.cancel(key, { reason: 'too late' })).toBe(false);
      expect(begun.get(number)).toBeGreaterThanOrEqual(eta.epochMilliseconds);
      expect(await bench.ledger.find(key)).toMatchObject({ status: 'succeeded' });
    }
    expect(cancelledAhead).toBe(true);
  });
});

it('asks for the row of a task with a transaction of its own when it is due: connections are few', async () => {
  const dueAt = new Map(Array.from({ length: 20 }, (_, index) => [5_000 + index, after(500 + index * 13)]));
  for (const [number, eta] of dueAt) await bench.scheduler.schedule(Timed, { number }, { eta });
  await done(dueAt.size);
  for (const [number, eta] of dueAt) {
    expect(askedAt.get(`timed-${number}`)).toBeGreaterThanOrEqual(eta.epochMilliseconds);
  }
});
