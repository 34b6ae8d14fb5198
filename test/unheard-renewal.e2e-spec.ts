import { waitFor } from '@budget-buddy/testing';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { budgetCreated, endingIn } from './support/budget-events';
import { WholeSystem } from './support/whole-system';

let system: WholeSystem;
beforeAll(async () => {
  system = await WholeSystem.prepare();
});
afterAll(() => system?.end());

it('a chain of renewals goes on when no queue was bound at the time of one of them', async () => {
  const scheduler = await system.start('scheduler');
  const budget = budgetCreated(endingIn(0));
  await system.publish('BudgetCreated', budget);
  await system.renewalIs('scheduled', budget);
  await scheduler.stop();
  await system.broker.deleteQueue(system.broker.queue);

  await system.start('worker');
  await system.renewalIs('succeeded', budget);
  const refused = () => system.db.selectFrom('events.outbox').selectAll().where('refusals', '>', 0).executeTakeFirst();
  expect(await waitFor(refused)).toMatchObject({ type: 'BudgetRenewed', published_at: null });

  await system.start('scheduler');
  const [successor] = await system.successorsOf(budget);
  await system.renewalIs('scheduled', { budget_id: successor! });
});
