import { waitFor } from '@budget-buddy/testing';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { AppProcess } from '../../tools/apps/app-process';
import { bullQueueOf } from '../support/bull-queue';
import { budgetCreated } from '../support/budget-events';
import { type Memory, memoryOf, tellsMemory } from '../../tools/apps/memory-of';
import { WholeSystem } from '../support/whole-system';

/*
 * Known defect 2: memory grows with every waiting task, around 11 KB each, and prefetch with it.
 */

const CELERYS_BYTES_A_TASK = 11_000;
/** A tenth of it, and the least that could be told from noise for sure. */
const ALLOWED_BYTES_A_TASK = CELERYS_BYTES_A_TASK / 10;
const WAITING = 20_000;
/** Of those, scheduled by an event each; it takes longer. */
const EVENTS = 3_000;
/** Events that are handled before the first look: by then all code is loaded and all pools are full. */
const WARM_UP = 500;

let system: WholeSystem;
beforeAll(async () => {
  system = await WholeSystem.prepare(tellsMemory);
});
afterAll(() => system?.end());

it('the scheduler holds nothing of the tasks that it has scheduled', async () => {
  const scheduler = await system.start('scheduler');
  await scheduleByEvents(WARM_UP);
  const before = await memoryOf(scheduler);
  await scheduleByEvents(EVENTS);
  await expectNoGrowth(scheduler, EVENTS, before);
  await scheduler.stop();
});

it('a worker holds nothing of the tasks that wait, also when it has set the timers of all of them itself', async () => {
  const idle = await WholeSystem.prepare(tellsMemory);
  const before = await memoryOf(await idle.start('worker'));
  await idle.end();

  await addWaitingTasks(WAITING - WARM_UP - EVENTS);
  const worker = await system.start('worker');
  const timers = bullQueueOf(system);
  await waitFor(async () => (await timers.getDelayedCount()) === WAITING, { timeoutMs: 60_000 });
  await timers.close();
  await expectNoGrowth(worker, WAITING, before);
});

async function scheduleByEvents(count: number): Promise<void> {
  const target = (await waiting()) + count;
  const budgets = Array.from({ length: count }, () => budgetCreated({ start_date: '2199-01-31T00:00:00Z' }));
  await Promise.all(budgets.map((budget) => system.publish('BudgetCreated', budget)));
  await waitFor(async () => (await waiting()) === target, { timeoutMs: 90_000, description: `${target} tasks` });
}

async function waiting(): Promise<number> {
  return (await system.taskCounts()).scheduled ?? 0;
}

/** Copies one that is there; their timers are not set yet, as after a loss of Redis. */
async function addWaitingTasks(count: number): Promise<void> {
  await sql`
    insert into tasks.task (key, name, queue, payload, status, eta, due_at, created_at, updated_at)
    select 'renew-budget-' || gen_random_uuid(), name, queue, payload, status, eta, due_at, created_at, updated_at
    from (select * from tasks.task limit 1) as one, generate_series(1, ${count})
  `.execute(system.db);
}

/** What was in the middle of something at the first look is done with at the next; what is held for good stays. */
async function expectNoGrowth(app: AppProcess, tasks: number, before: Memory): Promise<void> {
  let after = await memoryOf(app);
  const isSmall = async () => {
    after = await memoryOf(app);
    return after.held - before.held < tasks * ALLOWED_BYTES_A_TASK;
  };
  await waitFor(isSmall, { intervalMs: 500, description: `${app.name} to let go` }).catch(() => undefined);
  const mb = (bytes: number) => `${(bytes / 1e6).toFixed(1)} MB`;
  process.stdout.write(
    `  ${app.name}: ${tasks} waiting tasks hold ${mb(after.held - before.held)} ` +
      `(Celery: ${mb(tasks * CELERYS_BYTES_A_TASK)}), ` +
      `resident ${mb(before.resident)} before and ${mb(after.resident)} after\n`,
  );
  expect(after.held - before.held).toBeLessThan(tasks * ALLOWED_BYTES_A_TASK);
  expect(after.resident - before.resident).toBeLessThan(tasks * CELERYS_BYTES_A_TASK);
}
