import { RenewBudget } from '@budget-buddy/budgets';
import { waitFor } from '@budget-buddy/testing';
import type { Job, JobOptions, Queue } from 'bull';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AppProcess } from '../../tools/apps/app-process';
import { budgetCreated, endingIn } from '../support/budget-events';
import { bullQueueOf } from '../support/bull-queue';
import { WholeSystem } from '../support/whole-system';

const far = budgetCreated({ start_date: '2199-01-31T00:00:00Z' });
const key = RenewBudget.keyFor(far.budget_id);
const EAGER: JobOptions = { attempts: 1e9, backoff: { type: 'fixed', delay: 1 } };

let system: WholeSystem;
let worker: AppProcess;
let queue: Queue<unknown>;
beforeAll(async () => {
  system = await WholeSystem.prepare({
    BUDGETBUDDY_RECONCILE_INTERVAL: 'PT1S',
    BUDGETBUDDY_RECONCILE_ALL_INTERVAL: 'PT2S',
    BUDGETBUDDY_TASK_STALLED_AFTER: 'PT2S',
  });
  [worker] = await Promise.all([system.start('worker'), system.start('scheduler')]);
  queue = bullQueueOf(system);
  await queue.isReady();
  await system.publish('BudgetCreated', far);
  await system.renewalIs('scheduled', far);
});
afterAll(async () => {
  await queue?.close();
  await system?.end();
});

async function goodTaskRuns(): Promise<void> {
  const budget = budgetCreated(endingIn(1));
  await system.publish('BudgetCreated', budget);
  await system.renewalIs('succeeded', budget);
}

/** Jobs that no code of this system puts there: each fails at once, for good, and says what was found. */
const noTimers: [what: string, data: unknown, options?: JobOptions][] = [
  ['no data', {}],
  ['data that is text', 'x'],
  ['data that is null', null],
  ['a revision in quotes', { key, revision: '1' }],
  ['a list for a key', { key: [key], revision: 1 }],
  ['a key with NUL, which PostgreSQL cannot even be asked for', { key: 'a\0b', revision: 1 }],
  ['a key of 1 MB', { key: 'x'.repeat(1_000_000), revision: 1 }],
  ['SQL for a key', { key: "'; drop table tasks.task; --", revision: 1 }],
  ['a billion attempts', {}, EAGER],
];

describe('a job put into Redis by hand', () => {
  it.each(noTimers)('with %s is put aside once, with the reason', async (_what, data, options) => {
    const job = await queue.add('somebody://else'.repeat(100), data, options);
    const put = async () => (await queue.getJob(job.id)) as Job | null;
    const failed = await waitFor(async () => ((await (await put())?.isFailed()) ? put() : undefined), {
      description: 'the job to fail',
    });
    expect(failed?.failedReason).toContain("expected { key: a task's key, revision: whole number }");
    expect(failed?.failedReason?.length).toBeLessThan(500);
    const lines = () =>
      worker
        .tail()
        .split('\n')
        .filter((line) => line.includes(`"job":"${job.id}"`));
    // Redis knows it before the log has come through its pipe.
    await waitFor(() => lines().length > 0, { description: 'the line that tells of it' });
    expect(lines()).toHaveLength(1);
  });

  it.each([
    ['under the key of a task that is not due', { key, revision: 1 }, {}],
    ['under its own id', { key, revision: 1 }, { jobId: `${key}-1` }],
    ['of another revision', { key, revision: 1e308 }, {}],
    ['with a delay below zero', { key, revision: 1 }, { delay: -5 }],
    ['with NaN for a delay', { key, revision: 1 }, { delay: Number.NaN }],
    ['from long ago', { key, revision: 1 }, { timestamp: -1e15, delay: 10 }],
  ])('%s runs nothing before its time', async (_what, data, options) => {
    await queue.add('budget_renewal_task', data, options);
    await goodTaskRuns();
    expect(await system.renewal(far.budget_id)).toMatchObject({ status: 'scheduled', attempts: 0, history: [] });
  });
});

describe('a key of Redis that is something else', () => {
  it.each(['wait', 'active', 'delayed'])(
    '%s is named by the health, and timers are back once it is gone',
    async (name) => {
      const overwritten = queue.toKey(name);
      await queue.client.set(overwritten, 'x');
      const health = async () => (await fetch(`${worker.address}/health/ready`)).text();
      await waitFor(async () => (await health()).includes(`${overwritten} of Redis is a string, expected a `), {
        description: 'the health to name the key',
      });
      const budget = budgetCreated(endingIn(1));
      await system.publish('BudgetCreated', budget);
      await system.renewalIs('scheduled', budget);
      await queue.client.del(overwritten);
      await system.renewalIs('succeeded', budget);
      await worker.ready();
    },
  );
});
