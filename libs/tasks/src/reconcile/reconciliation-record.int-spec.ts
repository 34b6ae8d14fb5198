import { Injectable } from '@nestjs/common';
import { IsString } from 'class-validator';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { TaskBench, waitFor } from '@budget-buddy/testing';
import { HandlesTask, Task, type TaskHandler, TaskQueues } from '..';
import { FullComparisons } from './full-comparisons';
import { ReconciliationReport } from './reconciliation-report';
import { TimerReconciliation } from './timer-reconciliation';

@Task<Reap>({ name: 'reap', queue: 'budget_renewal_queue', key: ({ field }) => `reap-${field}` })
class Reap {
  @IsString() field!: string;
}

@Injectable()
@HandlesTask(Reap)
class ReapHandler implements TaskHandler<Reap> {
  async handle(): Promise<void> {}
}

let bench: TaskBench;
let number = 0;
const queue = () => bench.get(TaskQueues).all[0]!;
const delayed = () => queue().toKey('delayed');

beforeAll(async () => {
  process.env.BUDGETBUDDY_TIMER_HORIZON = 'P1D';
  // Only what the test asks for is reconciled.
  process.env.BUDGETBUDDY_RECONCILE_INTERVAL = 'PT1H';
  bench = await TaskBench.start({ tasks: [Reap], providers: [ReapHandler] });
  await waitFor(async () => (await bench.get(FullComparisons).soFar()).completed === 1);
});
afterAll(async () => {
  await bench?.close();
  delete process.env.BUDGETBUDDY_TIMER_HORIZON;
});

it('keeps how many timers were wrong in each way, and nothing where all was well', async () => {
  for (const key of await scheduled(1, 'PT3H')) await queue().client.del(queue().toKey(`${key}-1`));
  for (const key of await scheduled(2, 'PT3H')) await queue().client.zincrby(delayed(), 9_000_000 * 4096, `${key}-1`);
  for (const key of await scheduled(3, 'PT1H')) await queue().client.zrem(delayed(), `${key}-1`);
  const inTwoHours = bench.clock.now().add({ hours: 2 }).epochMilliseconds;
  for (const n of [1, 2, 3, 4]) await setTimer(`reap-none-${n}`, inTwoHours);
  const inTwoDays = bench.clock.now().add({ hours: 48 }).epochMilliseconds;
  for (const key of await scheduled(5, 'P2D')) await setTimer(key, inTwoDays);
  const stranded = await scheduled(6, 'PT3H');
  await sql`update tasks.task set queue = 'gone' where key = any(${stranded})`.execute(bench.database.db);
  bench.clock.advanceTo(bench.clock.now().add({ minutes: 62 }));

  await reconcile(12);
  const counts = { missing: 1, drifted: 2, stuck: 3, extra: 4, beyond: 5, stranded: 6, unmended: 0, unreadable: 0 };
  const kept = { scope: 'all', duration_ms: 12, compared: 6, entered: 0, ...counts, at: bench.clock.now() };
  expect(await records()).toEqual([{ id: expect.any(Number), ...kept }]);

  await reconcile(13);
  expect(await records()).toHaveLength(1);
});

async function scheduled(count: number, countdown: string): Promise<string[]> {
  const keys: string[] = [];
  while (keys.length < count) {
    keys.push((await bench.scheduler.schedule(Reap, { field: `f${++number}` }, { countdown })).key);
  }
  return keys;
}

/** One that the scheduler would not set. */
async function setTimer(key: string, atMs: number): Promise<void> {
  const options = { jobId: `${key}-1`, timestamp: 0, delay: atMs };
  await queue().add('reap', { key, revision: 1 }, options);
}

async function reconcile(durationMs: number): Promise<void> {
  const run = bench.get(TimerReconciliation).prepare();
  await bench.get(TimerReconciliation).run('all', run);
  await bench.get(ReconciliationReport).give('all', run, { complete: true, durationMs });
}

function records() {
  return bench.database.db.selectFrom('tasks.reconciliation').selectAll().execute();
}
