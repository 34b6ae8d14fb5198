import { TaskBench, waitFor } from '@budget-buddy/testing';
import { IsInt } from 'class-validator';
import { Temporal } from 'temporal-polyfill';
import { afterAll, afterEach, beforeAll, expect, it, vi } from 'vitest';
import { HandlesTask, Task, TaskTimers } from '..';
import { LOOK_AHEAD_MS } from '../timers/look-ahead';
import { TaskRunner } from './task-runner';

@Task<Timed>({ name: 'timed', queue: 'budget_renewal_queue', key: ({ number }) => `timed-${number}` })
class Timed {
  @IsInt()
  number!: number;
}

const begun = new Map<number, number>();

@HandlesTask(Timed)
class TimedHandler {
  handle({ number }: Timed): Promise<void> {
    begun.set(number, Date.now());
    return Promise.resolve();
  }
}

const after = (ms: number) => Temporal.Now.instant().round('millisecond').add({ milliseconds: ms });

let bench: TaskBench;
beforeAll(async () => {
  bench = await TaskBench.start({ tasks: [Timed], providers: [TimedHandler] });
  vi.spyOn(bench.clock, 'now').mockImplementation(() => after(0));
});
afterEach(() => begun.clear());
afterAll(() => bench.close());

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
