import assert from 'node:assert/strict';
import { RenewBudget } from '@budget-buddy/budgets';
import { taskUuid } from '@budget-buddy/tasks';
import { waitFor } from '@budget-buddy/testing';
import type { Message } from 'amqplib';
import { sql } from 'kysely';
import { Temporal } from 'temporal-polyfill';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { budgetCreated, endingIn, type Wire } from './support/budget-events';
import { heldUp } from './support/held-up';
import { published } from './support/published-events';
import { WholeSystem } from './support/whole-system';

const BUDGETS = 1_000;
/** The budgets end in this many seconds, one after the other. */
const SPREAD = 2;
const FIRST_END = 10;
/** Of the first and of the last budgets. */
const HELD_UP = 20;

let system: WholeSystem;
let messages: Message[];
beforeAll(async () => {
  system = await WholeSystem.prepare({ BUDGETBUDDY_TASK_STALLED_AFTER: 'PT5S' });
  messages = await system.broker.collect('BudgetRenewed');
});
afterAll(() => system?.end());

interface Progress {
  renewed: number;
  told: number;
  nextScheduled: number;
}

/** What the database has of it just now, in one look. */
async function progress(): Promise<Progress> {
  const { rows } = await sql<Progress>`
    select (select count(*)::int from budgets.budget where renewal_of is not null) as renewed,
           (select count(*)::int from events.outbox where published_at is not null) as told,
           (select count(*)::int from tasks.task) - ${BUDGETS}::int as "nextScheduled"
  `.execute(system.db);
  return rows[0]!;
}

describe('kill -9 of worker and scheduler in the middle of 1,000 renewals', () => {
  it('loses none of them and does none twice', async () => {
    const budgets = await scheduleAll();
    const killedAt = await killInTheMiddle(budgets.map(({ budget_id }) => budget_id));
    expect(killedAt.renewed).toBeLessThan(BUDGETS);
    expect(killedAt.nextScheduled).toBeLessThan(killedAt.renewed);

    const restarted = performance.now();
    await Promise.all([system.start('worker'), system.start('scheduler')]);
    const all = { renewed: BUDGETS, told: BUDGETS, nextScheduled: BUDGETS };
    const allDone = async () => assert.deepEqual(await progress(), all) ?? true;
    await waitFor(allDone, { timeoutMs: 60_000, description: 'all to be renewed, told of and followed up' });
    const seconds = ((performance.now() - restarted) / 1000).toFixed(1);

    const expectedIds = budgets.map(({ budget_id }) => taskUuid(RenewBudget.keyFor(budget_id), 'BudgetRenewed'));
    const ids = await waitFor(
      () => messages.length >= BUDGETS && published(messages).map(({ messageId }) => messageId),
    );
    expect(new Set(ids)).toEqual(new Set(expectedIds));
    expect(await renewedTwice()).toEqual([]);
    expect(await system.taskCounts()).toEqual({ succeeded: BUDGETS, scheduled: BUDGETS });
    expect(await system.broker.takeDeadLetters()).toEqual([]);
    report(`killed at ${JSON.stringify(killedAt)}; all done ${seconds} s after the restart;`);
    report(`${ids.length - BUDGETS} events were published again under the same message id`);
  });
});

/** Has the scheduler schedule all renewals, while no worker is there yet. */
async function scheduleAll(): Promise<Wire[]> {
  const scheduler = await system.start('scheduler');
  const now = Temporal.Now.instant();
  const budgets = Array.from({ length: BUDGETS }, (_, n) =>
    budgetCreated(endingIn(FIRST_END + Math.floor((n * SPREAD) / BUDGETS), now)),
  );
  await Promise.all(budgets.map((budget) => system.publish('BudgetCreated', budget)));
  const scheduled = async () => (await progress()).nextScheduled === 0;
  await waitFor(scheduled, { timeoutMs: 60_000, description: 'all renewals to be scheduled' });
  await scheduler.stop();
  return budgets;
}

/**
 * Kills both as soon as the renewal of a renewed budget is scheduled: others are on their way, or not even begun, for a few
 * of the first are not followed up until then, and a few of the last not renewed.
 */
function killInTheMiddle(budgetIds: readonly string[]): Promise<Progress> {
  const held = { recording: budgetIds.slice(0, HELD_UP), renewal: budgetIds.slice(-HELD_UP) };
  return heldUp(system, held, async () => {
    const apps = [await system.start('worker'), await system.start('scheduler')];
    const isInTheMiddle = async () => {
      const { renewed, nextScheduled } = await progress();
      return nextScheduled > 0 && nextScheduled < renewed;
    };
    await waitFor(isInTheMiddle, { timeoutMs: 30_000, description: 'the first to be renewed and followed up' });
    await Promise.all(apps.map((app) => app.kill()));
    return progress();
  });
}

/** Budgets that have more than one successor. */
async function renewedTwice(): Promise<unknown[]> {
  const { rows } = await sql`
    select renewal_of from budgets.budget where renewal_of is not null group by renewal_of having count(*) > 1
  `.execute(system.db);
  return rows;
}

function report(line: string): void {
  process.stdout.write(`  ${line}\n`);
}
