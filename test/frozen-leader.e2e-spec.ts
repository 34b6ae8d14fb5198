import { waitFor } from '@budget-buddy/testing';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { bullQueueOf } from './support/bull-queue';
import { WholeSystem } from './support/whole-system';

/** So many that the first worker is still at it when it is frozen. */
const TASKS = 20_000;

let system: WholeSystem;
let timers: ReturnType<typeof bullQueueOf>;
beforeAll(async () => {
  system = await WholeSystem.prepare({
    BUDGETBUDDY_RECONCILE_INTERVAL: 'PT0.5S',
    BUDGETBUDDY_RECONCILE_ALL_INTERVAL: 'PT1S',
  });
  timers = bullQueueOf(system);
});
afterAll(async () => {
  await timers?.close();
  await system?.end();
});

it('a worker that is frozen while it reconciles keeps nobody else from it, and does no harm when it wakes', async () => {
  await addTasks();
  const frozen = await system.start('worker');
  await waitFor(async () => (await leaders()) === 1 && (await waiting()) > 0, { intervalMs: 1 });
  frozen.signal('SIGSTOP');
  const doneByThen = await waiting();
  expect(await leaders()).toBe(1);
  expect(doneByThen).toBeLessThan(TASKS);

  const other = await system.start('worker');
  expect(await leaders()).toBe(1);
  await waitFor(async () => (await waiting()) === TASKS, { timeoutMs: 60_000, description: 'all timers' });
  await waitFor(() => other.tail().includes('all timers were compared with the ledger'));

  frozen.signal('SIGCONT');
  await waitFor(() => frozen.tail().includes('timers could not be compared with the ledger, will try again'));
  await other.stop();
  await timers.client.del(timers.toKey('delayed'));
  await waitFor(async () => (await waiting()) === TASKS, { timeoutMs: 60_000, description: 'the woken one to mend' });
});

/** Their timers are not set yet, as after a loss of Redis. */
async function addTasks(): Promise<void> {
  await sql`
    insert into tasks.task (key, name, queue, payload, status, eta, due_at, created_at, updated_at)
    select 'frozen-' || n, 'budget_renewal_task', 'budget_renewal_queue',
      jsonb_build_object('budgetId', gen_random_uuid(), 'userId', gen_random_uuid()), 'scheduled', due, due, now(), now()
    from generate_series(1, ${TASKS}) as n, (select timestamptz '2199-01-01 00:00:00+00' as due) as at`.execute(
    system.db,
  );
}

function waiting(): Promise<number> {
  return timers.getDelayedCount();
}

/** How many sessions hold the reconciler's lock. */
async function leaders(): Promise<number> {
  const { rows } = await sql<{ held: number }>`
    select count(*)::integer as held from pg_locks
    where locktype = 'advisory' and objid = ${0x7461736b} and granted
      and database = (select oid from pg_database where datname = current_database())`.execute(system.db);
  return rows[0]!.held;
}
