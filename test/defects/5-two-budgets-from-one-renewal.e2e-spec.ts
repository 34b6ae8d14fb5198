import { waitFor } from '@budget-buddy/testing';
import type { Message } from 'amqplib';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { budgetCreated, endingIn, type Wire } from '../support/budget-events';
import { renewalsOf } from '../support/published-events';
import { WholeSystem } from '../support/whole-system';

/*
 * Known defect 5: a renewal that runs twice makes two budgets, for nothing in the database forbids it.
 */

let system: WholeSystem;
let messages: Message[];
const budget: Wire = budgetCreated(endingIn(0));

beforeAll(async () => {
  system = await WholeSystem.prepare({ BUDGETBUDDY_RECONCILE_INTERVAL: 'PT0.2S' });
  messages = await system.broker.collect('BudgetRenewed');
  await Promise.all([system.start('scheduler'), system.start('worker')]);
  await system.publish('BudgetCreated', budget);
  const [renewal] = await waitFor(() => messages.length > 0 && renewalsOf(budget.budget_id, messages));
  await system.renewalIs('scheduled', renewal!.body);
});
afterAll(() => system?.end());

it('a renewal that runs again, its success forgotten, makes no second budget and no second event', async () => {
  await sql`
    update tasks.task set status = 'scheduled', finished_at = null, result = null, revision = revision + 1
    where key = ${`renew-budget-${budget.budget_id}`}
  `.execute(system.db);
  const again = await system.renewalIs('skipped', budget);
  const [successor, ...others] = await system.successorsOf(budget);
  expect(again.reason).toBe(`renewed by ${successor}`);
  expect(others).toEqual([]);
  expect(new Set(renewalsOf(budget.budget_id, messages).map(({ messageId }) => messageId)).size).toBe(1);
});

it('a second successor is refused by the database itself, whoever writes it', async () => {
  const second = sql`
    insert into budgets.budget
    select (jsonb_populate_record(b, jsonb_build_object('id', gen_random_uuid()))).*
    from budgets.budget as b where renewal_of = ${budget.budget_id}
  `.execute(system.db);
  await expect(second).rejects.toMatchObject({ code: '23505', constraint: 'budget_has_one_successor' });
  expect(await system.successorsOf(budget)).toHaveLength(1);
});
