import { waitFor } from '@budget-buddy/testing';
import type { GetMessage } from 'amqplib';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { budgetCreated, budgetRenewed } from '../support/budget-events';
import { WholeSystem } from '../support/whole-system';

/*
 * Known defect 4: the subscriber acknowledges a message that fails validation and drops it; one that fails for another
 * reason is requeued at once, for ever.
 */

let system: WholeSystem;
beforeAll(async () => {
  system = await WholeSystem.prepare({ BUDGETBUDDY_EVENT_RETRY_DELAYS: 'PT0.2S,PT0.5S,PT1S' });
  await system.start('scheduler');
});
afterAll(() => system?.end());

/** Waits for dead letters, and takes them out. */
async function deadLetters(count: number): Promise<GetMessage[]> {
  const letters: GetMessage[] = [];
  await waitFor(async () => letters.push(...(await system.broker.takeDeadLetters())) >= count, {
    description: `${count} dead letters`,
  });
  return letters;
}

const header = (letter: GetMessage | undefined, name: string) => letter?.properties.headers?.[name] as unknown;

it('an invalid message is kept whole among the dead letters, with the reason, and holds up no other', async () => {
  const noJson = Buffer.from('{"budget_id": "0d9c3a52-');
  const wrong = Buffer.from(JSON.stringify(budgetCreated({ total_limit: 'plenty', colour: 'blue' }), null, 3));
  const good = budgetCreated({ start_date: '2199-01-31T00:00:00Z' });
  for (const body of [noJson, wrong, good]) await system.publish('BudgetCreated', body);

  await system.renewalIs('scheduled', good);
  const letters = await deadLetters(2);
  expect(letters.map(({ content }) => content.toString()).sort()).toEqual([noJson, wrong].map(String).sort());
  expect(letters.map((letter) => header(letter, 'x-event-dead-letter-reason'))).toEqual(['invalid', 'invalid']);
  const reasons = letters.map((letter) => String(header(letter, 'x-event-dead-letter-error'))).sort();
  expect(reasons).toEqual([
    expect.stringContaining('expected JSON'),
    expect.stringContaining('total_limit is "plenty", expected'),
  ]);
  expect(await system.taskCounts()).toEqual({ scheduled: 1 });
});

it('a message that keeps failing is tried a few times, with growing delay, and is then a dead letter', async () => {
  const successor = budgetRenewed(budgetCreated(), {
    start_date: '2199-01-31T00:00:00Z',
    end_date: '2199-02-27T23:59:59Z',
    occurred_on: '2199-01-30T00:00:00Z',
  });
  await system.publish('BudgetRenewed', successor);

  const [letter] = await deadLetters(1);
  expect(JSON.parse(letter!.content.toString())).toEqual(successor);
  expect(header(letter, 'x-event-dead-letter-reason')).toBe('exhausted');
  const failures = JSON.parse(String(header(letter, 'x-event-history'))) as { at: string; error: string }[];
  expect(failures.map(({ error }) => error)).toEqual(Array(4).fill(expect.stringContaining('UnknownBudgetError')));
  const pauses = failures.slice(1).map(({ at }, n) => Date.parse(at) - Date.parse(failures[n]!.at));
  for (const [n, least] of [200, 500, 1000].entries()) expect(pauses[n]).toBeGreaterThanOrEqual(least);
  expect(await system.broker.waiting()).toBe(0);
});
