import { taskUuid } from '@budget-buddy/tasks';
import { waitFor } from '@budget-buddy/testing';
import type { Message } from 'amqplib';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { budgetCreated, endingIn } from '../support/budget-events';
import { renewalsOf } from '../support/published-events';
import { WholeSystem } from '../support/whole-system';
import { TcpProxy } from '../../tools/tcp-proxy';

/*
 * Known defect 7: the renewal and its event are not one transaction, so that a crash between them loses the event.
 */

let system: WholeSystem;
let messages: Message[];
let broker: TcpProxy;
beforeAll(async () => {
  system = await WholeSystem.prepare();
  messages = await system.broker.collect('BudgetRenewed');
  broker = new TcpProxy(new URL(system.broker.url));
  await broker.open();
});
afterAll(async () => {
  await system?.end();
  await broker?.cut();
});

it('the event of a renewal whose worker died before it could tell anybody is published by the next one', async () => {
  const [scheduler, worker] = await Promise.all([
    system.start('scheduler'),
    system.start('worker', { BUDGETBUDDY_RABBITMQ_URL: broker.url }),
  ]);
  const budget = budgetCreated(endingIn(4));
  await system.publish('BudgetCreated', budget);
  await system.renewalIs('scheduled', budget);
  // It empties the outbox too, whoever has filled it.
  await scheduler.kill();
  await broker.cut();

  const task = await system.renewalIs('succeeded', budget);
  await worker.kill();
  expect(await system.successorsOf(budget)).toHaveLength(1);
  const unpublished = await system.db.selectFrom('events.outbox').select('published_at').execute();
  expect(unpublished).toEqual([{ published_at: null }]);
  expect(messages).toEqual([]);

  await system.start('worker');
  await waitFor(() => messages.length > 0, { description: 'the event to be published' });
  const [renewal] = renewalsOf(budget.budget_id, messages);
  expect(renewal?.messageId).toBe(taskUuid(task.key, 'BudgetRenewed'));
  expect(await system.successorsOf(budget)).toEqual([renewal?.body.budget_id]);
});
