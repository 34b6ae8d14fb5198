import { waitFor } from '@budget-buddy/testing';
import type { Message } from 'amqplib';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { budgetCreated } from '../support/budget-events';
import { published } from '../support/published-events';
import { WholeSystem } from '../support/whole-system';

/*
 * Known defect 6: a monthly budget that starts on the 31st raises an error in every shorter month, and would, once moved
 * to the 28th, stay there.
 */

let system: WholeSystem;
let messages: Message[];
beforeAll(async () => {
  system = await WholeSystem.prepare();
  messages = await system.broker.collect('BudgetRenewed');
  await Promise.all([system.start('scheduler'), system.start('worker')]);
});
afterAll(() => system?.end());

it('a budget of the 31st is renewed in every month since January of last year, on its last day', async () => {
  const year = new Date().getUTCFullYear() - 1;
  await system.publish('BudgetCreated', budgetCreated({ start_date: `${year}-01-31T00:00:00+00:00` }));

  const now = new Date().toISOString();
  await waitFor(() => published(messages).some(({ body }) => String(body['end_date']) > now), { timeoutMs: 30_000 });
  const days = published(messages).map(({ body }) => String(body['start_date']).slice(0, 10));
  expect(days.length).toBeGreaterThanOrEqual(12);
  // Day 0 of a month is the last one of the month before.
  const lastDays = days.map((_, n) => new Date(Date.UTC(year, n + 2, 0)).toISOString().slice(0, 10));
  expect(days).toEqual(lastDays);
  expect(days.slice(0, 3).map((day) => day.slice(8))).toEqual([lastDays[0]!.slice(8), '31', '30']);
});
