import { waitFor } from '@budget-buddy/testing';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { bullQueueOf } from '../support/bull-queue';
import { budgetCreated, endingIn } from '../support/budget-events';
import { queueState } from '../support/queue-state';
import { WholeSystem } from '../support/whole-system';

/*
 * Known defect 1: ETA tasks wait inside a worker's memory, unacknowledged, and are delivered again and again until they
 * are due: every visibility_timeout, or whenever the broker closes the channel.
 */

/** Longer than workers take to come and go, however slow the machine is; until it is told otherwise. */
const DUE_SECONDS = 3_600;

let system: WholeSystem;
beforeAll(async () => {
  // All that could pass for a visibility timeout here, many times shorter than the task waits.
  system = await WholeSystem.prepare({ BUDGETBUDDY_TASK_STALLED_AFTER: 'PT1S' });
});
afterAll(() => system?.end());

it('a waiting task is in nobody’s hands, and runs once, at its time, whichever workers came and went', async () => {
  const [scheduler, worker] = await Promise.all([system.start('scheduler'), system.start('worker')]);
  const budget = budgetCreated(endingIn(DUE_SECONDS));
  await system.publish('BudgetCreated', budget);
  await system.renewalIs('scheduled', budget);
  const timers = bullQueueOf(system);

  // What a process holds unacknowledged is the broker's again when the process is gone. The scheduler may acknowledge
  // what it has done: killed, it might have lost its word of that.
  await Promise.all([scheduler.stop(), worker.kill()]);
  const { url, queue } = system.broker;
  const left = await waitFor(async () => {
    const state = await queueState(url, queue);
    return state.consumers === 0 && state;
  });
  expect(left.messages).toBe(0);
  expect(await timers.getJobCounts()).toMatchObject({ active: 0, waiting: 0, delayed: 1 });

  await (await system.start('worker')).kill();
  expect(await system.renewal(budget.budget_id)).toMatchObject({ status: 'scheduled', history: [] });
  await Promise.all([system.start('worker'), system.start('worker')]);
  expect(await timers.getJobCounts()).toMatchObject({ active: 0, waiting: 0, delayed: 1 });

  await system.start('scheduler');
  await system.publish('BudgetCreated', { ...budget, ...endingIn(2) });
  const { history, eta } = await system.renewalIs('succeeded', budget);
  expect(history).toEqual([
    expect.objectContaining({ what: 'moved' }),
    expect.objectContaining({ attempt: 1, outcome: 'succeeded' }),
  ]);
  const [, { startedAt }] = history as unknown as [unknown, { startedAt: string }];
  expect(Date.parse(startedAt)).toBeGreaterThanOrEqual(eta.epochMilliseconds);
  await waitFor(async () => (await timers.getCompletedCount()) === 1, { description: 'its one timer to be done' });
  expect(await timers.getJobCounts()).toMatchObject({ active: 0, waiting: 0, delayed: 0, completed: 1 });
  await timers.close();
});
