import { Injectable } from '@nestjs/common';
import { IsString } from 'class-validator';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Tx } from '@budget-buddy/platform';
import { TaskBench, waitFor } from '@budget-buddy/testing';
import { HandlesTask, Task, type TaskHandler, TaskQueues, TaskTimers } from '..';
import { timerId } from '../timers/timer-reference';
import { MemoryLoss } from './memory-loss';
import { TimerReconciliation } from './timer-reconciliation';

@Task<Water>({ name: 'water', queue: 'budget_renewal_queue', key: ({ plant }) => `water-${plant}` })
class Water {
  @IsString() plant!: string;
}

@Injectable()
@HandlesTask(Water)
class WaterHandler implements TaskHandler<Water> {
  async handle(): Promise<void> {}
}

describe('the reconciliation of timers', () => {
  let bench: TaskBench;
  let number = 0;
  const never = new AbortController().signal;
  const run = () => bench.get(TimerReconciliation).run('all', never);
  const queue = () => bench.get(TaskQueues).all[0]!;

  async function scheduled(transaction?: Tx): Promise<string> {
    const plant = `p${++number}`;
    const { key } = await bench.scheduler.schedule(Water, { plant }, { countdown: 'P30D' }, { transaction });
    return key;
  }

  function manyScheduled(count: number): Promise<string[]> {
    return bench.database.transaction(async (tx) => {
      const keys: string[] = [];
      while (keys.length < count) keys.push(await scheduled(tx));
      return keys;
    });
  }

  const timerOf = async (key: string) => bench.get(TaskTimers).find((await bench.ledger.find(key))!);

  beforeAll(async () => {
    // Only what a test asks for is reconciled.
    process.env.BUDGETBUDDY_RECONCILE_INTERVAL = 'PT1H';
    bench = await TaskBench.start({ tasks: [Water], providers: [WaterHandler] });
    await waitFor(async () => queue().client.exists(queue().toKey('memory')));
  });

  afterAll(() => bench.close());

  it('finds nothing where all is well', async () => {
    await scheduled();
    expect(await run()).toMatchObject({ missing: 0, drifted: 0, stuck: 0, extra: 0 });
  });

  it('sets the timers that are missing, page by page', async () => {
    const keys = await manyScheduled(2500);
    const client = queue().client;
    for (const key of await client.keys(queue().toKey('*'))) await client.del(key);
    const open = await bench.ledger.openPage(undefined, undefined, 10_000);
    expect(await run()).toMatchObject({ compared: open.length, missing: open.length });
    expect(await client.zcard(queue().toKey('delayed'))).toBe(open.length);
    expect(await (await timerOf(keys[2499]!))?.isDelayed()).toBe(true);
    expect(await run()).toMatchObject({ missing: 0 });
  });

  it('sets a timer anew whose job was evicted', async () => {
    const task = (await bench.ledger.find(await scheduled()))!;
    await queue().client.del(queue().toKey(timerId(task)));
    expect(await run()).toMatchObject({ missing: 1 });
    expect((await timerOf(task.key))?.data).toEqual({ key: task.key, revision: 1 });
  });

  it('sets a timer right that would fire late', async () => {
    const task = (await bench.ledger.find(await scheduled()))!;
    const delayed = queue().toKey('delayed');
    const score = Number(await queue().client.zscore(delayed, timerId(task)));
    await queue().client.zincrby(delayed, 3_600_000 * 4096, timerId(task));
    expect(await run()).toMatchObject({ drifted: 1 });
    const mended = Number(await queue().client.zscore(delayed, timerId(task)));
    expect(Math.floor(mended / 4096)).toBe(Math.floor(score / 4096));
  });

  it('leaves the timer that somebody else sets at the same time', async () => {
    const task = (await bench.ledger.find(await scheduled()))!;
    const timers = bench.get(TaskTimers);
    await (await timers.find(task))!.remove();
    // The scheduler's own call comes right after the reconciler has looked for the job, and found none.
    const look = vi.spyOn(queue(), 'getJob').mockImplementationOnce(async () => {
      await timers.set(task);
      return null;
    });
    expect(await run()).toMatchObject({ missing: 1 });
    look.mockRestore();
    expect(await (await timers.find(task))?.isDelayed()).toBe(true);
  });

  it('removes timers that wait for nothing', async () => {
    const task = (await bench.ledger.find(await scheduled()))!;
    const later = { jobId: timerId({ key: task.key, revision: 7 }), timestamp: task.dueAt.epochMilliseconds, delay: 1 };
    await queue().add(task.name, { key: task.key, revision: 7 }, later);
    await queue().add(task.name, { key: 'water-none', revision: 1 }, { ...later, jobId: 'water-none-1' });
    expect(await run()).toMatchObject({ extra: 2, missing: 0 });
    expect(await timerOf(task.key)).not.toBeNull();
    expect(await queue().getJob('water-none-1')).toBeNull();
  });

  it('counts the tasks whose queue nobody declares', async () => {
    const key = await scheduled();
    await sql`update tasks.task set queue = 'gone' where key = ${key}`.execute(bench.database.db);
    expect(await run()).toMatchObject({ stranded: 1, missing: 0 });
    await bench.scheduler.cancel(key, { reason: 'stranded' });
    expect(await run()).toMatchObject({ stranded: 0 });
  });

  it('revives a task that is due and whose timer is over', async () => {
    const key = await scheduled();
    const timer = (await timerOf(key))!;
    // As if its worker had been killed more often than Bull bears.
    await timer.remove();
    const task = (await bench.ledger.find(key))!;
    const dead = await queue().add('gone', {}, { jobId: timerId(task) });
    await expect(dead.finished()).rejects.toThrow();
    bench.clock.advanceTo(task.dueAt.add({ seconds: 91 }));
    expect(await run()).toMatchObject({ stuck: 1 });
    const revived = await waitFor(async () => {
      const now = await bench.ledger.find(key);
      return now?.finishedAt ? now : undefined;
    });
    expect(revived).toMatchObject({ status: 'succeeded', revision: 2 });
    expect(revived.history[0]).toMatchObject({ what: 'revived' });
  });

  it('revives a task that is due and whose job is in no list', async () => {
    const key = await scheduled();
    const task = (await bench.ledger.find(key))!;
    await queue().client.zrem(queue().toKey('delayed'), timerId(task));
    bench.clock.advanceTo(task.dueAt.add({ seconds: 91 }));
    expect(await run()).toMatchObject({ missing: 0, stuck: 1 });
    await waitFor(async () => (await bench.ledger.find(key))?.status === 'succeeded');
  });
});

describe('the loss of what Redis remembers', () => {
  it('is noticed, once, when it was flushed', async () => {
    const bench = await TaskBench.start({ tasks: [Water], providers: [WaterHandler] });
    const memory = new MemoryLoss(bench.get(TaskQueues));
    const forgetful = bench.get(TaskQueues).all[0]!;
    expect(await memory.detect()).toBe(true);
    expect(await memory.detect()).toBe(false);
    await forgetful.client.del(forgetful.toKey('memory'));
    expect(await memory.detect()).toBe(true);
    expect(await memory.detect()).toBe(false);
    await bench.close();
  });
});
