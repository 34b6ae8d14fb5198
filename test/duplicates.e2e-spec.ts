import { taskUuid } from '@budget-buddy/tasks';
import { waitFor } from '@budget-buddy/testing';
import type { Message } from 'amqplib';
import type Bull from 'bull';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AppProcess } from '../tools/apps/app-process';
import { budgetCreated, endingIn, type Wire } from './support/budget-events';
import { bullQueueOf } from './support/bull-queue';
import { renewalsOf } from './support/published-events';
import { WholeSystem } from './support/whole-system';

const COPIES = 10;

let system: WholeSystem;
let schedulers: AppProcess[];
let workers: AppProcess[];
let messages: Message[];

beforeAll(async () => {
  system = await WholeSystem.prepare({ BUDGETBUDDY_RABBITMQ_PREFETCH: String(COPIES / 2) });
  const names = ['scheduler', 'scheduler', 'worker', 'worker'] as const;
  const apps = await Promise.all(names.map((name) => system.start(name)));
  [schedulers, workers] = [apps.slice(0, 2), apps.slice(2)];
  messages = await system.broker.collect('BudgetRenewed');
});
afterAll(() => system?.end());

/** Holds both schedulers until the broker has handed out all copies: neither takes more than a half of them. */
async function deliverToBoth(budget: Wire): Promise<void> {
  for (const scheduler of schedulers) scheduler.signal('SIGSTOP');
  await Promise.all(Array.from({ length: COPIES }, () => system.publish('BudgetCreated', budget)));
  await waitFor(async () => (await system.broker.waiting()) === 0, { description: 'all copies to be delivered' });
  for (const scheduler of schedulers) scheduler.signal('SIGCONT');
}

/** Copies of a task's timer that fire with it, for whichever worker is free: as after Redis forgot what it had done. */
async function copyTimer({ key, eta }: { key: string; eta: { epochMilliseconds: number } }): Promise<Bull.Queue> {
  const queue = bullQueueOf(system);
  const delay = Math.max(0, eta.epochMilliseconds - Date.now());
  const timer = await waitFor(() => queue.getJob(`${key}-1`), { description: 'the timer' });
  // With its tries: a copy that meets the task while another one runs it is put off.
  const copies = Array.from({ length: COPIES }, (_, n) => ({ ...timer.opts, jobId: `copy.${n}`, delay }));
  await Promise.all(copies.map((options) => queue.add('budget_renewal_task', { key, revision: 1 }, options)));
  return queue;
}

describe('ten copies of one event, for two schedulers and two workers', () => {
  it('make one renewal, which is told of under one message id', async () => {
    const budget = budgetCreated(endingIn(5));
    await deliverToBoth(budget);
    const task = await system.renewalIs('scheduled', budget);
    const timers = await copyTimer(task);

    await system.renewalIs('succeeded', budget);
    const [renewal] = await waitFor(() => messages.length > 0 && renewalsOf(budget.budget_id, messages));
    await system.renewalIs('scheduled', renewal!.body);
    await waitFor(async () => (await timers.getCompletedCount()) === COPIES + 1, { description: 'all timers to fire' });
    await timers.close();

    // Whoever ends in good order has dealt with all it took, so that nothing can come any more.
    const exits = await Promise.all([...schedulers, ...workers].map((app) => app.stop()));
    expect(exits.map(({ code }) => code)).toEqual([0, 0, 0, 0]);
    expect(await system.broker.waiting()).toBe(0);
    expect(await system.broker.takeDeadLetters()).toEqual([]);

    const ids = renewalsOf(budget.budget_id, messages).map(({ messageId }) => messageId);
    expect(ids).toEqual([taskUuid(task.key, 'BudgetRenewed')]);
    expect(await system.successorsOf(budget)).toEqual([renewal!.body.budget_id]);
    expect(await system.renewal(budget.budget_id)).toMatchObject({ history: [{ outcome: 'succeeded' }] });
    expect(await system.taskCounts()).toEqual({ succeeded: 1, scheduled: 1 });
  });
});
