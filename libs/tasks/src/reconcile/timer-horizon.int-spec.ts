import { Injectable } from '@nestjs/common';
import { IsString } from 'class-validator';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TaskBench, waitFor } from '@budget-buddy/testing';
import { HandlesTask, Task, type TaskHandler, TaskQueues, TaskTimers } from '..';
import { fixed } from '../retry/retry-delay';
import { TimerHorizon } from '../timers/timer-horizon';
import { FullComparisons } from './full-comparisons';
import { TimerReconciliation } from './timer-reconciliation';

@Task<Sow>({ name: 'sow', queue: 'budget_renewal_queue', key: ({ plant }) => `sow-${plant}`, retryDelay: fixed('P2D') })
class Sow {
  @IsString() plant!: string;
}

let fails = false;

@Injectable()
@HandlesTask(Sow)
class SowHandler implements TaskHandler<Sow> {
  async handle(): Promise<void> {
    if (fails) throw new Error('frost');
  }
}

describe('a horizon of a day', () => {
  let bench: TaskBench;
  let number = 0;
  const queue = () => bench.get(TaskQueues).all[0]!;
  const delayed = () => queue().client.zcard(queue().toKey('delayed'));
  const timerOf = async (key: string) => bench.get(TaskTimers).find((await bench.ledger.find(key))!);
  /** As the reconciler does it, which here rests for an hour. */
  const run = async (scope: 'soon' | 'all' = 'all') => {
    const comparisons = bench.get(FullComparisons);
    const reconciliation = bench.get(TimerReconciliation);
    const { timersUntil } = await comparisons.soFar();
    const [number, edge] = [await comparisons.begin(), bench.get(TimerHorizon).edge()];
    const findings = await reconciliation.run(scope, reconciliation.prepare({ timersUntil }));
    if (scope === 'all') await comparisons.complete(number, {}, edge);
    return findings;
  };
  const due = async (countdown: string) =>
    (await bench.scheduler.schedule(Sow, { plant: `p${++number}` }, { countdown })).key;

  beforeAll(async () => {
    process.env.BUDGETBUDDY_TIMER_HORIZON = 'P1D';
    process.env.BUDGETBUDDY_RECONCILE_INTERVAL = 'PT1H';
    bench = await TaskBench.start({ tasks: [Sow], providers: [SowHandler] });
    await waitFor(async () => (await bench.get(FullComparisons).soFar()).completed === 1);
  });
  afterAll(async () => {
    await bench.close();
    delete process.env.BUDGETBUDDY_TIMER_HORIZON;
  });

  it('gives a timer to what is due within it, and none to what is due later', async () => {
    const near = await due('P1D');
    const far = await due('PT86401S');
    expect(await (await timerOf(near))?.isDelayed()).toBe(true);
    expect(await timerOf(far)).toBeNull();
    expect(await run()).toMatchObject({ missing: 0, entered: 0, extra: 0, beyond: 0 });
    await bench.scheduler.cancel(near, { reason: 'test' });
    await bench.scheduler.cancel(far, { reason: 'test' });
  });

  it('gives a task its timer once its time has come within it: no fault, and counted by itself', async () => {
    const key = await due('P30D');
    const { dueAt } = (await bench.ledger.find(key))!;
    bench.clock.advanceTo(dueAt.subtract({ hours: 25 }));
    expect(await run()).toMatchObject({ entered: 0, missing: 0 });
    expect(await timerOf(key)).toBeNull();
    bench.clock.advanceTo(dueAt.subtract({ hours: 24 }));
    expect(await run()).toMatchObject({ entered: 1, missing: 0 });
    const score = await queue().client.zscore(queue().toKey('delayed'), `${key}-1`);
    expect(Math.floor(Number(score) / 4096)).toBe(dueAt.epochMilliseconds);
    expect(await run()).toMatchObject({ entered: 0, missing: 0 });
    await bench.due.runNext();
  });

  it('calls one missing that had its timer and lost it', async () => {
    await run();
    const key = await due('PT1H');
    await (await timerOf(key))!.remove();
    expect(await run()).toMatchObject({ entered: 0, missing: 1 });
    await bench.due.runNext();
  });

  it('runs a task as soon as the reconciler is back that was away when it came within the horizon and was due', async () => {
    const key = await due('P30D');
    bench.clock.advanceTo((await bench.ledger.find(key))!.dueAt.add({ hours: 5 }));
    expect(await run('soon')).toMatchObject({ entered: 1, missing: 0 });
    await waitFor(async () => (await bench.ledger.find(key))?.status === 'succeeded');
  });

  it('leaves a retry that lies beyond it to the ledger, and runs it when it is due', async () => {
    fails = true;
    const key = await due('PT1H');
    const waiting = await delayed();
    expect(await bench.due.runNext()).toMatchObject({ key, status: 'retrying' });
    fails = false;
    await waitFor(async () => (await timerOf(key))?.isCompleted(), { description: 'Bull to be done with the timer' });
    expect(await delayed()).toBe(waiting - 1);
    const { dueAt, status } = (await bench.ledger.find(key))!;
    expect(status).toBe('retrying');
    bench.clock.advanceTo(dueAt.subtract({ hours: 2 }));
    expect(await run()).toMatchObject({ entered: 1, missing: 0, stuck: 0 });
    expect(await (await timerOf(key))?.isDelayed()).toBe(true);
    expect((await bench.due.runNext())?.status).toBe('succeeded');
  });

  it('takes away the timers that were set when there was no horizon, and gives them back in time', async () => {
    const key = await due('P300D');
    const { dueAt } = (await bench.ledger.find(key))!;
    const options = { jobId: `${key}-1`, timestamp: 0, delay: dueAt.epochMilliseconds };
    await queue().add('sow', { key, revision: 1 }, options);
    expect(await run()).toMatchObject({ beyond: 1, extra: 0, entered: 0 });
    expect(await timerOf(key)).toBeNull();
    bench.clock.advanceTo(dueAt.subtract({ hours: 1 }));
    expect(await run()).toMatchObject({ entered: 1 });
    await bench.due.runNext();
  });

  it('tells of the rows that cannot be read and that it never reaches', async () => {
    const keys = [await due('P2D'), await due('P300D'), await due('P400D')];
    const rows = bench.database.db;
    // As if somebody had edited them before the limits were there.
    await sql`alter table tasks.task drop constraint task_times_readable`.execute(rows);
    await sql`update tasks.task set due_at = 'infinity' where key = ${keys[0]!}`.execute(rows);
    await sql`update tasks.task set due_at = '20000-01-01 00:00:00+00' where key = ${keys[1]!}`.execute(rows);
    await sql`update tasks.task set due_at = '9999-12-31 23:59:59.999999+00' where key = ${keys[2]!}`.execute(rows);
    expect(await run()).toMatchObject({ unreadable: 2, missing: 0, entered: 0, compared: 0 });
    expect(await run('soon')).toMatchObject({ unreadable: 0 });
    await sql`delete from tasks.task where key = any(${keys})`.execute(rows);
  });

  it('bounds what Redis holds by the horizon, whatever the number of tasks, and after a wipe', async () => {
    const memory = async () => Number(/used_memory_dataset:(\d+)/.exec(await queue().client.info('memory'))![1]);
    const before = { timers: await delayed(), memory: await memory() };
    await sql`
      insert into tasks.task (key, name, queue, payload, status, eta, due_at, created_at, updated_at)
      select 'sow-far-' || n, 'sow', 'budget_renewal_queue', '{"plant": "oak"}', 'scheduled', due, due, due, due
      from generate_series(1, 30000) as n, (select timestamptz '2150-01-01 00:00:00+00' as due) as at`.execute(
      bench.database.db,
    );
    const near = await Promise.all(Array.from({ length: 20 }, () => due('PT1H')));
    for (const key of await queue().client.keys(queue().toKey('*'))) await queue().client.del(key);
    expect(await run()).toMatchObject({ compared: 20, missing: 20 });
    expect(await delayed()).toBe(before.timers + near.length);
    // A timer takes about 500 bytes; the server may be in use by others.
    expect((await memory()) - before.memory).toBeLessThan(30_000 * 100);
  });
});
