import { waitFor } from '@budget-buddy/testing';
import type { Message } from 'amqplib';
import { beforeEach, describe, expect, it } from 'vitest';
import type { AppProcess } from '../tools/apps/app-process';
import { bullQueueOf } from './support/bull-queue';
import { budgetCreated, endingIn, type Wire } from './support/budget-events';
import { heldUp } from './support/held-up';
import { published } from './support/published-events';
import { WholeSystem } from './support/whole-system';

const BUDGETS = 500;
/** Half of them are more than a scheduler takes at a time. */
const EVENTS = 2_000;
/** The time configured, in which a process has to end. */
const SHUTDOWN_SECONDS = 10;

let system: WholeSystem;
let messages: Message[];
beforeEach(async () => {
  system = await WholeSystem.prepare({ BUDGETBUDDY_SHUTDOWN_TIMEOUT: `PT${SHUTDOWN_SECONDS}S` });
  messages = await system.broker.collect('BudgetRenewed');
  return () => system.end();
});

/** Ends an app in good order, which takes no longer than it was given. */
async function expectGoodEnd(app: AppProcess): Promise<void> {
  const startedMs = performance.now();
  expect(await app.stop()).toEqual({ code: 0, signal: null });
  const tookMs = Math.round(performance.now() - startedMs);
  expect(tookMs).toBeLessThan(SHUTDOWN_SECONDS * 1000);
  process.stdout.write(`  the ${app.name} ended ${tookMs} ms after SIGTERM\n`);
}

async function tasksIn(status: 'scheduled' | 'succeeded'): Promise<number> {
  return (await system.taskCounts())[status] ?? 0;
}

function publishAll(budgets: readonly Wire[]): Promise<unknown> {
  return Promise.all(budgets.map((budget) => system.publish('BudgetCreated', budget)));
}

describe('SIGTERM to a scheduler in the middle of consuming', () => {
  it('has it finish what it took, and leave the rest in the queue', async () => {
    const scheduler = await system.start('scheduler');
    const budgets = Array.from({ length: EVENTS }, () => budgetCreated({ start_date: '2199-01-31T00:00:00Z' }));
    const ids = budgets.map(({ budget_id }) => budget_id);
    const ended = await heldUp(system, { recording: ids.slice(EVENTS / 2) }, async () => {
      await publishAll(budgets);
      await waitFor(async () => (await tasksIn('scheduled')) > EVENTS / 40);
      const end = expectGoodEnd(scheduler);
      await waitFor(async () => (await system.broker.consumers()) === 0);
      return { end };
    });
    await ended.end;

    const taken = await tasksIn('scheduled');
    expect(taken).toBeLessThan(EVENTS);
    expect(await system.broker.waiting()).toBe(EVENTS - taken);
    expect(await system.broker.takeDeadLetters()).toEqual([]);

    await system.start('scheduler');
    await waitFor(async () => (await tasksIn('scheduled')) === EVENTS, { timeoutMs: 60_000 });
  });
});

describe('SIGTERM to a worker in the middle of running tasks', () => {
  it('has it finish what runs and publish what came of it; another worker does the rest', async () => {
    const scheduler = await system.start('scheduler');
    const budgets = Array.from({ length: BUDGETS }, () => budgetCreated(endingIn(0)));
    await publishAll(budgets);
    await waitFor(async () => (await tasksIn('scheduled')) === BUDGETS, { timeoutMs: 60_000 });
    // It would publish what the worker leaves behind.
    await scheduler.stop();

    const last = budgets.slice(-BUDGETS / 10).map(({ budget_id }) => budget_id);
    await heldUp(system, { renewal: last }, async () => {
      const worker = await system.start('worker');
      await waitFor(async () => (await tasksIn('succeeded')) > BUDGETS / 10);
      await expectGoodEnd(worker);
    });

    const renewed = await tasksIn('succeeded');
    expect(renewed).toBeLessThan(BUDGETS);
    const timers = bullQueueOf(system);
    expect(await timers.getActiveCount()).toBe(0);
    await timers.close();
    await waitFor(() => messages.length >= renewed, { description: 'what was published to arrive' });
    expect(messages).toHaveLength(renewed);

    await system.start('worker');
    await waitFor(() => messages.length >= BUDGETS, { timeoutMs: 60_000 });
    expect(await system.taskCounts()).toEqual({ succeeded: BUDGETS });
    const renewedIds = published(messages).map(({ body }) => body['old_budget_id']);
    expect(renewedIds.sort()).toEqual(budgets.map(({ budget_id }) => budget_id).sort());
  });
});
