import { waitFor } from '@budget-buddy/testing';
import type { Message } from 'amqplib';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { budgetCreated, endingIn } from '../support/budget-events';
import { published } from '../support/published-events';
import { WholeSystem } from '../support/whole-system';

/*
 * Known defect 3: a handler that fails on its last retry returns {"status": "error"} as if it had succeeded.
 */

let system: WholeSystem;
let messages: Message[];
beforeAll(async () => {
  system = await WholeSystem.prepare({ BUDGETBUDDY_TASK_RETRY_DELAY: 'PT0.2S' });
  messages = await system.broker.collect('BudgetRenewed', 'BudgetRenewalFailed');
  await Promise.all([system.start('scheduler'), system.start('worker')]);
});
afterAll(() => system?.end());

it('a renewal whose retries are spent has failed: the ledger says so, and so does an event', async () => {
  const budget = budgetCreated(endingIn(3));
  await system.publish('BudgetCreated', budget);
  await system.renewalIs('scheduled', budget);
  await system.db.deleteFrom('budgets.budget').where('id', '=', budget.budget_id).execute();

  const task = await system.renewalIs('failed', budget);
  expect(task.result).toBeNull();
  expect(task.reason).toMatch(/^UnknownBudgetError: .* \(all 3 retries are spent\)$/);
  const attempts = task.history as unknown as { outcome: string; finishedAt: string; nextDueAt?: string }[];
  expect(attempts.map(({ outcome }) => outcome)).toEqual(['failed', 'failed', 'failed', 'failed']);
  const delays = attempts.slice(0, -1).map((a) => Date.parse(a.nextDueAt!) - Date.parse(a.finishedAt));
  expect(delays).toEqual([200, 400, 600]);

  await waitFor(() => messages.length > 0);
  expect(messages.map(({ fields }) => fields.routingKey)).toEqual(['BudgetRenewalFailed']);
  const [failure] = published(messages);
  expect(failure?.body).toMatchObject({ budget_id: budget.budget_id, user_id: budget['user_id'], attempts: 4 });
});
