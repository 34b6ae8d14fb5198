import { Injectable } from '@nestjs/common';
import { IsString } from 'class-validator';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TaskBench, waitFor } from '@budget-buddy/testing';
import { HandlesTask, Task, type TaskFailure, type TaskHandler, TaskQueues, type TaskRecord } from '..';
import { FullComparisons } from './full-comparisons';
import { TimerReconciliation } from './timer-reconciliation';

@Task<Mow>({ name: 'mow', queue: 'budget_renewal_queue', key: ({ lawn }) => `mow-${lawn}` })
class Mow {
  @IsString() lawn!: string;
}

const told: string[] = [];

@Injectable()
@HandlesTask(Mow)
class MowHandler implements TaskHandler<Mow> {
  async handle(): Promise<void> {}

  async failed({ lawn }: Mow, { error }: TaskFailure): Promise<void> {
    told.push(`${lawn}: ${error}`);
  }
}

describe('a job that Bull counts as running, and no worker has', () => {
  let bench: TaskBench;
  let number = 0;
  const queue = () => bench.get(TaskQueues).all[0]!;
  const reconcile = () => bench.get(TimerReconciliation).run('all');

  beforeAll(async () => {
    process.env.BUDGETBUDDY_TASK_STALLED_AFTER = 'PT1S';
    // Only what a test asks for is reconciled.
    process.env.BUDGETBUDDY_RECONCILE_INTERVAL = 'PT1H';
    bench = await TaskBench.start({ tasks: [Mow], providers: [MowHandler] });
    await waitFor(async () => (await bench.get(FullComparisons).soFar()).completed === 1);
  });
  afterAll(async () => {
    await bench?.close();
    delete process.env.BUDGETBUDDY_TASK_STALLED_AFTER;
  });

  it('without a lock, and not yet seen to have stalled, is run by Bull and left alone by the reconciler', async () => {
    const { key } = await lost();
    expect(await reconcile()).toMatchObject({ missing: 0, stuck: 0, unmended: 0 });
    expect(await succeeded(key)).toMatchObject({ revision: 1, attempts: 0, history: [{ what: 'attempt' }] });
    await nothingIsLeft();
  });

  it('without its own data is given it back by the reconciler, and runs once', async () => {
    const { key } = await lost({ hash: false });
    expect(await reconcile()).toMatchObject({ missing: 1, stuck: 0, unmended: 0 });
    expect(await succeeded(key)).toMatchObject({ revision: 1, attempts: 0, history: [{ what: 'attempt' }] });
    await nothingIsLeft();
  });

  it('without its own data, and put aside by the worker that Bull gave it to, is replaced by the reconciler', async () => {
    const { key, dueAt } = await lost({ hash: false });
    await waitFor(async () => (await queue().getJob(`${key}-1`))?.isFailed(), { description: 'Bull to give it up' });
    bench.clock.advanceTo(dueAt.add({ milliseconds: 3001 }));
    expect(await reconcile()).toMatchObject({ missing: 0, stuck: 1, unmended: 0 });
    const { history } = await succeeded(key);
    expect(history).toMatchObject([{ what: 'revived' }, { what: 'attempt', outcome: 'succeeded' }]);
    await nothingIsLeft();
  });

  it('because its worker was lost for the eleventh time, has its task given up, told of, and kept to be replayed', async () => {
    const { key, dueAt } = await lost({ losses: 10 });
    await waitFor(async () => (await queue().getJob(`${key}-1`))?.isFailed(), { description: 'Bull to give it up' });
    bench.clock.advanceTo(dueAt.add({ milliseconds: 3001 }));
    expect(await reconcile()).toMatchObject({ missing: 0, stuck: 1, unmended: 0 });
    const error = 'WorkersLostError: its worker was lost 11 times while it ran';
    expect(await bench.ledger.find(key)).toMatchObject({
      status: 'failed',
      reason: `${error} (it may be what ends them)`,
      history: [{ what: 'attempt', outcome: 'failed', error }],
    });
    expect(told).toEqual([`l${number}: ${error}`]);
    await bench.scheduler.replay(key);
    await succeeded(key);
    await nothingIsLeft();
  });

  it('after its worker was lost for the tenth time, is run again', async () => {
    const { key } = await lost({ losses: 9 });
    expect(await succeeded(key)).toMatchObject({ revision: 1, attempts: 0 });
  });

  /**
   * A task that is due, its job as a worker leaves it that is killed.
   * @param hash whether the job has its data.
   * @param losses of workers that Bull has counted before.
   */
  async function lost({ hash = true, losses = 0 } = {}): Promise<TaskRecord> {
    const { key } = await bench.scheduler.schedule(Mow, { lawn: `l${++number}` }, { countdown: 'PT1H' });
    const task = (await bench.ledger.find(key))!;
    const transaction = queue().client.multi();
    transaction.zrem(queue().toKey('delayed'), `${key}-1`);
    transaction.lpush(queue().toKey('active'), `${key}-1`);
    if (losses > 0) transaction.hset(queue().toKey(`${key}-1`), 'stalledCounter', losses);
    if (!hash) transaction.del(queue().toKey(`${key}-1`));
    await transaction.exec();
    bench.clock.advanceTo(task.dueAt);
    return task;
  }

  function succeeded(key: string): Promise<TaskRecord> {
    return waitFor(async () => {
      const task = await bench.ledger.find(key);
      return task?.status === 'succeeded' ? task : undefined;
    });
  }

  /** Neither in Bull's lists, nor for the reconciler. */
  async function nothingIsLeft(): Promise<void> {
    await waitFor(async () => (await queue().getActiveCount()) + (await queue().getWaitingCount()) === 0);
    expect(await reconcile()).toMatchObject({ compared: 0, missing: 0, stuck: 0, extra: 0 });
  }
});
