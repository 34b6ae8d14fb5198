import { Injectable } from '@nestjs/common';
import { IsString } from 'class-validator';
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { TaskBench, waitFor } from '@budget-buddy/testing';
import { planOf } from '../../../../test/support/plan-of';
import { HandlesTask, Task, type TaskHandler, TaskRetention, TimerReconciliation } from '..';
import { SettledTasks } from './settled-tasks';

@Task<Mow>({
  name: 'mow',
  aliases: ['cut_grass'],
  queue: 'budget_renewal_queue',
  key: ({ field }) => `mow-${field}`,
  forgettable: true,
})
class Mow {
  @IsString() field!: string;
}

@Task<Sow>({ name: 'sow', queue: 'budget_renewal_queue', key: ({ field }) => `sow-${field}` })
class Sow {
  @IsString() field!: string;
}

let runs = 0;

@Injectable()
@HandlesTask(Mow)
class MowHandler implements TaskHandler<Mow> {
  async handle(): Promise<void> {
    runs++;
  }
}

@Injectable()
@HandlesTask(Sow)
class SowHandler implements TaskHandler<Sow> {
  async handle(): Promise<void> {}
}

let bench: TaskBench;
beforeAll(async () => {
  bench = await TaskBench.start({ tasks: [Mow, Sow], providers: [MowHandler, SowHandler] });
});
afterAll(() => bench?.close());
beforeEach(async () => void (await sql`truncate tasks.task, tasks.reconciliation`.execute(bench.database.db)));

const daysAgo = (days: number) => bench.clock.now().subtract({ hours: 24 * days });

async function add(key: string, status: string, name = 'mow', days = 401): Promise<void> {
  const finished = ['scheduled', 'retrying'].includes(status) ? null : daysAgo(days);
  await sql`
    insert into tasks.task (key, name, queue, payload, status, eta, due_at, created_at, updated_at, finished_at)
    values (${key}, ${name}, 'budget_renewal_queue', '{"field":"f"}', ${status}, '2999-01-01', '2999-01-01',
      ${daysAgo(500)}, ${daysAgo(500)}, ${finished})`.execute(bench.database.db);
}

async function keys(): Promise<string[]> {
  const rows = await bench.database.db.selectFrom('tasks.task').select('key').orderBy('key').execute();
  return rows.map(({ key }) => key);
}

/** A pass that is due. The worker's own, at its start, is over once it has said when the next one is. */
async function pass(): Promise<void> {
  const { db } = bench.database;
  await waitFor(async () => {
    const { numAffectedRows } = await sql`update tasks.retention set held_until = now() where holder is null`.execute(
      db,
    );
    return numAffectedRows === 1n;
  });
  await bench.get(TaskRetention).pass();
}

it('lets those leave that have succeeded or were skipped long ago, and none else', async () => {
  const statuses = ['scheduled', 'retrying', 'succeeded', 'skipped', 'failed', 'cancelled'];
  for (const status of statuses) await add(status, status);
  await add('under its old name', 'succeeded', 'cut_grass');
  await add('young', 'succeeded', 'mow', 399);
  await add('not forgettable', 'succeeded', 'sow');
  await add('of no class any more', 'succeeded', 'reap');
  await pass();
  expect(await keys()).toEqual([
    'cancelled',
    'failed',
    'not forgettable',
    'of no class any more',
    'retrying',
    'scheduled',
    'young',
  ]);
});

it('lets more leave than a batch holds, all of one instant', async () => {
  await sql`
    insert into tasks.task (key, name, queue, payload, status, eta, due_at, created_at, updated_at, finished_at)
    select 'mow-' || n, 'mow', 'q', '{}', 'succeeded', at, at, at, at, at
    from generate_series(1, 1700) as n, (select ${daysAgo(401)}::timestamptz as at) as old`.execute(bench.database.db);
  await pass();
  expect(await keys()).toEqual([]);
});

it('waits for nobody who holds one of them', async () => {
  await add('held', 'succeeded', 'mow', 402);
  await add('free', 'succeeded');
  await bench.database.transaction(async (tx) => {
    await bench.ledger.lock(tx, 'held');
    await pass();
    expect(await keys()).toEqual(['held']);
  });
});

it('has one that left run again when it is scheduled again, which is why its class has to say that it may', async () => {
  await bench.scheduler.schedule(Mow, { field: 'north' }, { countdown: 'PT1H' });
  await bench.due.runNext();
  bench.clock.advanceTo(bench.clock.now().add({ hours: 24 * 401 }));
  expect(await bench.scheduler.schedule(Mow, { field: 'north' }, { countdown: 'PT1H' })).toMatchObject({
    status: 'succeeded',
  });
  await pass();
  expect(await bench.scheduler.schedule(Mow, { field: 'north' }, { countdown: 'PT1H' })).toMatchObject({
    created: true,
  });
  // Bull may still have the job of the first time, under the same id: the reconciler sees that it will not fire.
  await bench.get(TimerReconciliation).run('all');
  const before = runs;
  expect(await bench.due.runNext()).toMatchObject({ status: 'succeeded' });
  expect(runs).toBe(before + 1);
});

it('lets records of the reconciler leave after the same time', async () => {
  const { db } = bench.database;
  const counts = { compared: 1, missing: 1, drifted: 0, stuck: 0, extra: 0, beyond: 0, stranded: 0 };
  const zero = { entered: 0, unmended: 0, unreadable: 0 };
  for (const days of [500, 401, 399]) {
    const record = { ...counts, ...zero, at: daysAgo(days), scope: 'soon' as const, duration_ms: 1 };
    await db.insertInto('tasks.reconciliation').values(record).execute();
  }
  await pass();
  expect(await db.selectFrom('tasks.reconciliation').select('at').execute()).toEqual([{ at: daysAgo(399) }]);
});

it('finds them by an index, however many others there are', async () => {
  const { db } = bench.database;
  await sql`
    insert into tasks.task (key, name, queue, payload, status, eta, due_at, created_at, updated_at, finished_at)
    select n::text, case when n % 2 = 0 then 'mow' else 'sow' end, 'q', '{}', 'succeeded', at, at, at, at, at
    from generate_series(1, 20000) as n, lateral (select ${daysAgo(399)}::timestamptz - n * interval '10 s' as at) as young
  `.execute(db);
  await sql`analyze tasks.task`.execute(db);
  const remove = () => bench.database.transaction((tx) => new SettledTasks('mow', () => daysAgo(400)).walk()(tx));
  const plan = await planOf('delete from tasks.task', process.env.BUDGETBUDDY_POSTGRES_URL!, remove);
  expect(plan).toContain('Index Scan using task_settled');
  expect(plan).not.toContain('Seq Scan on task');
});
