import { ConfigurationModule, PostgresModule, RedisModule } from '@budget-buddy/platform';
import {
  TaskLedger,
  taskMigrations,
  type TaskRecord,
  TasksConfiguration,
  TaskScheduler,
  TasksModule,
} from '@budget-buddy/tasks';
import { isolate, waitFor } from '@budget-buddy/testing';
import { Test, type TestingModule } from '@nestjs/testing';
import { sql } from 'kysely';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { FixtureProcess } from '../platform/fixture-process';
import { Wait } from './wait-task';

const SETTINGS = {
  BUDGETBUDDY_TASK_STALLED_AFTER: 'PT1S',
  BUDGETBUDDY_POSTGRES_IDLE_TRANSACTION_TIMEOUT: 'PT8S',
  // One that waits for a task's row can do nothing else.
  BUDGETBUDDY_WORKER_CONCURRENCY: '1',
  // Bull and the workers have to do it alone.
  BUDGETBUDDY_RECONCILE_INTERVAL: 'PT1H',
};

let own: Awaited<ReturnType<typeof isolate>>;
let producer: TestingModule;
let workers: FixtureProcess[];

beforeAll(async () => {
  own = await isolate(taskMigrations);
  await sql`create table effect (key text, what text, pid integer)`.execute(own.database.db);
  producer = await Test.createTestingModule({
    imports: [
      ConfigurationModule.forRoot(TasksConfiguration),
      PostgresModule.forRoot(),
      RedisModule,
      TasksModule.forProducer([Wait]),
    ],
  }).compile();
  await producer.init();
});
afterAll(async () => {
  await producer?.close();
  await own?.drop();
});

beforeEach(async () => {
  workers = [1, 2].map(() => new FixtureProcess(SETTINGS, './test/lost-workers/fixture-worker.ts'));
  await Promise.all(workers.map((worker) => worker.says('working on queue')));
});
afterEach(() => Promise.all(workers.map((worker) => worker.end())));

describe('a worker that is lost in the middle of a task', () => {
  it('frozen, keeps it no longer than an open transaction may idle, keeps nothing else, and does no harm when it wakes', async () => {
    const key = await due('frozen', 1500);
    const [frozen, other] = await whoIsAt(key);
    frozen.signal('SIGSTOP');

    await other.says('task is held by another run');
    const meanwhile = await settled(await due('meanwhile', 0));
    expect(meanwhile.status).toBe('succeeded');
    expect((await find(key)).status).toBe('scheduled');

    const task = await settled(key);
    expect(task).toMatchObject({ status: 'succeeded', attempts: 0, revision: 1 });
    expect(task.history).toMatchObject([{ what: 'attempt', attempt: 1, outcome: 'succeeded' }]);

    frozen.signal('SIGCONT');
    await frozen.says('task could not be run now, its retries are not used up');
    await other.end();
    expect((await settled(await due('afterwards', 0))).status).toBe('succeeded');
    expect(frozen.output).toContain('at work on wait-afterwards');
    expect(await find(key)).toEqual(task);
    expect(await effectsOf(key)).toEqual([
      { what: 'begun', pid: other.pid },
      { what: 'done', pid: other.pid },
    ]);
  });

  it('killed, loses it to another one as soon as it counts as lost', async () => {
    const key = await due('killed', 1500);
    const [killed, other] = await whoIsAt(key);
    const lostMs = performance.now();
    killed.signal('SIGKILL');
    expect(await settled(key)).toMatchObject({ status: 'succeeded', attempts: 0, revision: 1 });
    expect(await effectsOf(key)).toEqual([
      { what: 'begun', pid: other.pid },
      { what: 'done', pid: other.pid },
    ]);
    // Its lock runs out after one second, that is seen within two more, and it takes a second and a half.
    expect(performance.now() - lostMs).toBeLessThan(8_000);
  });
});

/** Schedules a task that is due now. @param ms how long its handler takes. */
async function due(id: string, ms: number): Promise<string> {
  const { key } = await producer.get(TaskScheduler).schedule(Wait, { id, ms }, { countdown: 'PT0S' });
  return key;
}

/** The worker that has begun with a task, and the other one. */
async function whoIsAt(key: string): Promise<[FixtureProcess, FixtureProcess]> {
  const at = await waitFor(() => workers.find(({ output }) => output.includes(`at work on ${key}`)), { intervalMs: 5 });
  return [at, workers.find((worker) => worker !== at)!];
}

async function find(key: string): Promise<TaskRecord> {
  return (await producer.get(TaskLedger).find(key))!;
}

function settled(key: string): Promise<TaskRecord> {
  const arrived = async () => {
    const task = await find(key);
    return task.finishedAt ? task : undefined;
  };
  return waitFor(arrived, { timeoutMs: 25_000, description: `${key} to be settled` });
}

async function effectsOf(key: string): Promise<{ what: string; pid: number }[]> {
  const { rows } = await sql<{ what: string; pid: number }>`
    select what, pid from effect where key = ${key} order by ctid`.execute(own.database.db);
  return rows;
}
