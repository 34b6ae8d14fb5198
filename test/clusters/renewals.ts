import assert from 'node:assert/strict';
import { RenewBudget } from '@budget-buddy/budgets';
import { taskUuid } from '@budget-buddy/tasks';
import { waitFor } from '@budget-buddy/testing';
import type { Message } from 'amqplib';
import { sql } from 'kysely';
import { Temporal } from 'temporal-polyfill';
import { budgetCreated, endingIn, type Wire } from '../support/budget-events';
import { published } from '../support/published-events';
import type { WholeSystem } from '../support/whole-system';

/** How far a system is with its renewals. */
interface Progress {
  /** Budgets that were heard of, as the tasks that renew them. */
  known: number;
  renewed: number;
  told: number;
  /** Successors whose own renewal is scheduled: the chain goes on. */
  followedUp: number;
}

/** Many budgets that end within a few seconds, and what becomes of them. */
export class Renewals {
  readonly budgets: readonly Wire[];

  /** @param endsIn the first and the last of them, in seconds from now. */
  constructor(
    private readonly system: WholeSystem,
    readonly count: number,
    endsIn: { first: number; last: number },
  ) {
    const now = Temporal.Now.instant();
    const end = (n: number) => endsIn.first + Math.floor((n * (endsIn.last - endsIn.first)) / count);
    this.budgets = Array.from({ length: count }, (_, n) => budgetCreated(endingIn(end(n), now)));
  }

  /** Publishes each as another service would: until the broker has confirmed it. */
  async publish(budgets = this.budgets): Promise<void> {
    await Promise.all(budgets.map((budget) => this.system.publish('BudgetCreated', budget)));
  }

  /** What the database has of it just now, in one look. */
  async progress(): Promise<Progress> {
    const { rows } = await sql<Progress>`
      select (select count(*)::int from budgets.budget where renewal_of is null) as known,
             (select count(*)::int from budgets.budget where renewal_of is not null) as renewed,
             (select count(*)::int from events.outbox where published_at is not null) as told,
             (select count(*)::int from tasks.task t join budgets.budget b on b.renewal_of is not null
               and t.key = 'renew-budget-' || b.id) as "followedUp"
    `.execute(this.system.db);
    return rows[0]!;
  }

  async until(what: keyof Progress, least: number, timeoutMs = 30_000): Promise<Progress> {
    const reached = async () => {
      const progress = await this.progress();
      return progress[what] >= least && progress;
    };
    return waitFor(reached, { timeoutMs, description: `${least} to be ${what}` });
  }

  /** Each is renewed once, told of, and followed up. @returns the seconds it took. */
  async untilAllDone(timeoutMs = 60_000): Promise<number> {
    const startedMs = performance.now();
    const { count } = this;
    const all: Progress = { known: count, renewed: count, told: count, followedUp: count };
    await waitFor(async () => assert.deepEqual(await this.progress(), all) ?? true, {
      timeoutMs,
      description: 'all to be renewed, told of and followed up',
    });
    return (performance.now() - startedMs) / 1000;
  }

  /**
   * Nothing is lost and nothing is there twice: tasks, successors, and the events a consumer has received.
   * @param messages what was collected of BudgetRenewed; the same message id twice is one event.
   */
  async audit(messages: readonly Message[]): Promise<void> {
    const expected = this.budgets.map(({ budget_id }) => taskUuid(RenewBudget.keyFor(budget_id), 'BudgetRenewed'));
    const ids = () => new Set(published(messages).map(({ messageId }) => messageId));
    await waitFor(() => assert.deepEqual(ids(), new Set(expected)) ?? true, { description: 'all events to arrive' });
    assert.deepEqual(await this.system.taskCounts(), { succeeded: this.count, scheduled: this.count });
    const { rows } = await sql`
      select renewal_of from budgets.budget where renewal_of is not null group by renewal_of having count(*) > 1
    `.execute(this.system.db);
    assert.deepEqual(rows, []);
    assert.deepEqual(await this.system.broker.takeDeadLetters(), []);
  }

  /** The longest time that a renewal came after its due time, in seconds. */
  async longestLateness(): Promise<number> {
    const { rows } = await sql<{ seconds: number }>`
      select extract(epoch from max(finished_at - eta))::float8 as seconds from tasks.task where status = 'succeeded'
    `.execute(this.system.db);
    return rows[0]!.seconds;
  }
}
