import { RenewBudget } from '@budget-buddy/budgets';
import { taskUuid } from '@budget-buddy/tasks';
import { waitFor } from '@budget-buddy/testing';
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { explain } from '../tools/tasks/explain';
import { budgetCreated, type Wire } from './support/budget-events';
import { SystemOnVirtualClock } from './support/system-on-virtual-clock';

let system: SystemOnVirtualClock;
let firstPasses: number;
beforeAll(async () => {
  system = await SystemOnVirtualClock.start('2031-01-31T00:00:00Z');
  firstPasses = await waitFor(async () => (await passes()) === 2 && 2, { description: 'the first passes' });
});
afterAll(() => system?.close());

let first: Wire;
let second: Wire;

/** A budget that was renewed, and renewed again, so long ago that neither the ledger nor the outbox knows of it. */
beforeEach(async () => {
  const start_date = system.clock.now().toString();
  first = budgetCreated({ start_date, strategy: 'monthly' });
  await system.publish('BudgetCreated', first);
  const before = system.renewals.length;
  await system.runNext();
  await system.runNext();
  const events = await waitFor(() => system.renewals.length === before + 2 && system.renewals.slice(before));
  second = events[0]!.body;
  const third = events[1]!.body;
  await system.renewalIs(({ status }) => status === 'scheduled', third);
  await system.publish('BudgetDeactivated', { ...third, deactivation_date: system.clock.now().toString() });
  await system.renewalIs(({ status }) => status === 'cancelled', third);
  system.clock.advanceTo(system.clock.now().add({ hours: 24 * 401 }));
  await system.forgetOld();
});

const tasks = () => system.database.db.selectFrom('tasks.task').select('key').execute();
const budgets = () => system.database.db.selectFrom('budgets.budget').selectAll().orderBy('id').execute();
const outbox = () => system.database.db.selectFrom('events.outbox').select('message_id').execute();

/** How many of the two have had a pass, and are not due at once. */
async function passes(): Promise<number> {
  const { rows } = await sql<{ n: number }>`
    select count(*)::integer as n from (select * from events.retention union all select * from tasks.retention) as lease
    where holder is null and held_until > now() + interval '10 minutes'`.execute(system.database.db);
  return rows[0]!.n;
}

it('begins by itself, for tasks and for events', () => {
  expect(firstPasses).toBe(2);
});

it('the ledger forgets what was renewed, and the outbox what was published; what became of it is known still', async () => {
  expect(await system.renewal(first)).toBeUndefined();
  expect(await system.renewal(second)).toBeUndefined();
  expect(await outbox()).toEqual([]);
  const story = await explain(system.database, first.budget_id);
  expect(story).toContain(`its renewal is no longer in the ledger\n  renewed as budget ${second.budget_id}`);
});

it('an event of a budget that is forgotten, delivered again, renews nothing and publishes nothing', async () => {
  const [known, published] = [await budgets(), system.renewals.length];
  await system.publish('BudgetCreated', first);
  await system.publish('BudgetRenewed', second);
  await system.renewalIs(({ reason }) => reason === `renewed by ${second.budget_id}`, first);
  await system.renewalIs(({ status }) => status === 'cancelled', second);
  expect(await budgets()).toEqual(known);
  expect(await outbox()).toEqual([]);
  // The one that the test itself has published.
  expect(system.renewals).toHaveLength(published + 1);
  const keys = (await tasks()).map(({ key }) => key);
  expect(keys).toContain(RenewBudget.keyFor(first.budget_id));
});

it('a renewal that is run again although it is forgotten is skipped, and published under no other id', async () => {
  const [known, published] = [await budgets(), system.renewals.map(({ messageId }) => messageId)];
  // As if an old build had scheduled it without a look at the store.
  await system.scheduleRenewal(first);
  await system.runNext();
  expect(await system.renewal(first)).toMatchObject({
    status: 'skipped',
    reason: `renewed by ${second.budget_id}`,
    attempts: 0,
  });
  expect(await budgets()).toEqual(known);
  expect(await outbox()).toEqual([]);
  expect(published).toContain(taskUuid(RenewBudget.keyFor(first.budget_id), 'BudgetRenewed'));
  expect(system.renewals).toHaveLength(published.length);
});
