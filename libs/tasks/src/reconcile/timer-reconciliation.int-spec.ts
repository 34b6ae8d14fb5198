import { Injectable } from '@nestjs/common';
import { IsString } from 'class-validator';
import { sql } from 'kysely';
import { Temporal } from 'temporal-polyfill';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Tx } from '@budget-buddy/platform';
import { TaskBench, waitFor } from '@budget-buddy/testing';
import { HandlesTask, Task, type TaskHandler, TaskQueues, TasksConfiguration, TaskTimers } from '..';
import { timerId } from '../timers/timer-reference';
import { FullComparisons, isFullComparisonDue } from './full-comparisons';
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
  const run = () => bench.get(TimerReconciliation).run('all');
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
    await sql`
      insert into tasks.task (key, name, queue, payload, status, eta, due_at, created_at, updated_at)
      select 'water-many-' || n, 'water', 'budget_renewal_queue', '{"plant": "ivy"}', 'scheduled', due, due, due, due
      from generate_series(1, 2500) as n, (select timestamptz '2100-02-01 00:00:00+00' as due) as at`.execute(
      bench.database.db,
    );
    const client = queue().client;
    const waiting = await client.zcard(queue().toKey('delayed'));
    expect(await run()).toMatchObject({ compared: waiting + 2500, missing: 2500, entered: 0 });
    expect(await client.zcard(queue().toKey('delayed'))).toBe(waiting + 2500);
    expect(await (await timerOf('water-many-2500'))?.isDelayed()).toBe(true);
    expect(await run()).toMatchObject({ missing: 0 });
    await sql`delete from tasks.task where key like 'water-many-%'`.execute(bench.database.db);
    expect(await run()).toMatchObject({ extra: 2500 });
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
    await queue().client.del(queue().toKey(timerId(task)));
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

  it('tells of the rows that cannot be read, and goes on with the others', async () => {
    const keys = await manyScheduled(4);
    const rows = bench.database.db;
    // As if somebody had edited them before the limits were there.
    await sql`alter table tasks.task drop constraint task_times_readable, drop constraint task_key_not_empty`.execute(
      rows,
    );
    await sql`update tasks.task set due_at = '-infinity' where key = ${keys[0]!}`.execute(rows);
    await sql`update tasks.task set due_at = '20000-01-01 00:00:00+00' where key = ${keys[1]!}`.execute(rows);
    await sql`update tasks.task set key = '' where key = ${keys[2]!}`.execute(rows);
    for (const key of keys) await queue().client.del(queue().toKey(`${key}-1`));

    const reconciliation = bench.get(TimerReconciliation);
    const found = reconciliation.prepare();
    expect(await reconciliation.run('all', found)).toMatchObject({ unreadable: 3, missing: 1, unmended: 0 });
    expect(found.examples).toEqual({
      unreadable: [
        `"${keys[0]}": due_at is -infinity`,
        '"": its key is empty',
        `"${keys[1]}": due_at is 20000-01-01 00:00:00+00`,
      ],
    });
    expect(await (await timerOf(keys[3]!))?.isDelayed()).toBe(true);
    expect((await run()).missing).toBe(0);
    await sql`delete from tasks.task where key in (${keys[0]}, ${keys[1]}, '')`.execute(rows);
  });

  it('finds what lies behind a page of rows that cannot be read', async () => {
    const rows = bench.database.db;
    await sql`
      insert into tasks.task (key, name, queue, payload, status, eta, due_at, created_at, updated_at)
      select 'bad-' || n, 'water', 'budget_renewal_queue', '{}', 'scheduled', now(), '-infinity', now(), now()
      from generate_series(1, 1500) as n`.execute(rows);
    const key = await scheduled();
    await queue().client.del(queue().toKey(`${key}-1`));
    expect(await run()).toMatchObject({ unreadable: 1500, missing: 1 });
    await sql`delete from tasks.task where key like 'bad-%'`.execute(rows);
  });

  it('counts and names each row once, also when what is due soon is looked at in between', async () => {
    const configuration = bench.get(TasksConfiguration);
    const { reconcileInterval } = configuration;
    configuration.reconcileInterval = Temporal.Duration.from({ seconds: 0 });
    const rows = bench.database.db;
    await sql`
      insert into tasks.task (key, name, queue, payload, status, eta, due_at, created_at, updated_at)
      select 'bad-' || n, 'water', 'budget_renewal_queue', '{}', 'scheduled', now(), '-infinity', now(), now()
      from generate_series(1, 3) as n`.execute(rows);
    const reconciliation = bench.get(TimerReconciliation);
    const found = reconciliation.prepare();
    expect(await reconciliation.run('all', found)).toMatchObject({ unreadable: 3 });
    expect(found.examples.unreadable).toHaveLength(3);
    configuration.reconcileInterval = reconcileInterval;
    await sql`delete from tasks.task where key like 'bad-%'`.execute(rows);
  });

  it('sets timers of odd rows: year 9999, characters that mean something to Redis or Bull', async () => {
    const [late, odd] = (await manyScheduled(2)) as [string, string];
    const rows = bench.database.db;
    const name = 'a:b {c}-7\n*?"\\ü-';
    await sql`update tasks.task set due_at = '9999-12-31 23:59:59+00' where key = ${late}`.execute(rows);
    await sql`update tasks.task set key = ${name} where key = ${odd}`.execute(rows);
    await queue().client.del(queue().toKey(`${late}-1`));
    expect(await run()).toMatchObject({ missing: 2, unmended: 0, unreadable: 0, extra: 1 });
    expect(await run()).toMatchObject({ missing: 0, drifted: 0, extra: 0 });
    expect((await timerOf(name))?.data).toEqual({ key: name, revision: 1 });
    for (const key of [late, name]) await bench.scheduler.cancel(key, { reason: 'odd' });
  });

  it('goes on when the timer of one task cannot be mended, and tells of it', async () => {
    const [broken, other] = (await manyScheduled(2)) as [string, string];
    // Not what Bull makes: its job cannot be read, and stands at another time.
    await queue().client.del(queue().toKey(`${broken}-1`), queue().toKey(`${other}-1`));
    await queue().client.set(queue().toKey(`${broken}-1`), 'by hand');
    await queue().client.zincrby(queue().toKey('delayed'), 3_600_000 * 4096, `${broken}-1`);
    const reconciliation = bench.get(TimerReconciliation);
    const found = reconciliation.prepare();
    expect(await reconciliation.run('all', found)).toMatchObject({ missing: 1, drifted: 0, unmended: 1 });
    expect(found.examples).toEqual({ unmended: [expect.stringMatching(`"${broken}": .*WRONGTYPE`)] });
    await queue().client.del(queue().toKey(`${broken}-1`));
    expect(await run()).toMatchObject({ missing: 1, unmended: 0 });
  });

  it('looks at all timers of one instant, and bears names that no task can have', async () => {
    const at = bench.clock.now().epochMilliseconds * 4096;
    const odd = Array.from({ length: 2300 }, (_, n) => [at, `no-such-${n}-1`]).flat();
    await queue().client.zadd(queue().toKey('delayed'), ...odd, at, 'a\0b-1');
    expect(await run()).toMatchObject({ extra: 2301 });
    expect(await run()).toMatchObject({ extra: 0 });
  });

  it('leaves a stuck task to whoever is at it', async () => {
    const key = await scheduled();
    const task = (await bench.ledger.find(key))!;
    await queue().client.zrem(queue().toKey('delayed'), timerId(task));
    bench.clock.advanceTo(task.dueAt.add({ seconds: 91 }));
    await bench.database.transaction(async (tx) => {
      await bench.ledger.lock(tx, key);
      expect(await run()).toMatchObject({ stuck: 0, unmended: 0 });
    });
    expect(await run()).toMatchObject({ stuck: 1 });
    await waitFor(async () => (await bench.ledger.find(key))?.status === 'succeeded');
  });

  it('revives a task that is due and whose timer is over', async () => {
    const key = await scheduled();
    const timer = (await timerOf(key))!;
    // As if somebody had spoilt its data in Redis.
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
  it('has all timers compared, once, whichever process notices', async () => {
    process.env.BUDGETBUDDY_RECONCILE_INTERVAL = 'PT0.2S';
    const bench = await TaskBench.start({ tasks: [Water], providers: [WaterHandler] });
    const memory = bench.get(MemoryLoss);
    const comparisons = bench.get(FullComparisons);
    const isDue = async () => isFullComparisonDue(await comparisons.soFar(), await memory.memories(), 0, 600_000);
    const isDone = async (count: number) => (await comparisons.soFar()).completed === count;
    await waitFor(() => isDone(1), { description: 'the comparison at start' });
    expect(await isDue()).toBe(false);
    const forgetful = bench.get(TaskQueues).all[0]!;
    await forgetful.client.del(forgetful.toKey('memory'));
    // This process has asked now; the one that compares need not be the same.
    expect(await isDue()).toBe(true);
    await waitFor(() => isDone(2), { description: 'the comparison after the loss' });
    expect(await isDue()).toBe(false);
    await bench.close();
  });
});
