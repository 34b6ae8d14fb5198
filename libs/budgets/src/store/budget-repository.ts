import { holdAmongMembers, isShared, leaveGroup, sharedRead, sharedWrite, type Tx } from '@budget-buddy/platform';
import { Injectable } from '@nestjs/common';
import { sql } from 'kysely';
import type { Temporal } from 'temporal-polyfill';
import type { Budget } from '../budget';
import { chainsOf } from './chains-of';
import { findBudgets } from './find-budgets';
import { insertBudgets, insertSuccessors, saveBudgets } from './store-budgets';
import { reasonsNotToRenew, successorsOf } from './renewability';
import { UnreadableBudgetError } from './unreadable-budget-error';

/** The statements on the budgets this service keeps from events, each in the caller's transaction. */
@Injectable()
export class BudgetRepository {
  /** The id of the budget that renews the one of this id. */
  readonly successorOf = sharedRead(successorsOf);

  /**
   * Why the budget of this id is not to be renewed (any more), in words for the ledger. Undefined when nothing stands
   * against it.
   */
  readonly reasonNotToRenew = sharedRead(reasonsNotToRenew);

  /** Stores a budget that has no row yet. @returns undefined, and does nothing, when it has. */
  readonly insert = sharedWrite(insertBudgets);

  /** Stores a budget, over what was stored under its id. */
  readonly save = sharedWrite(saveBudgets);

  /**
   * Stores the budget that renews another one, unless that one has been renewed.
   * @returns false when it has: nothing is stored then, and the transaction can go on.
   */
  readonly insertSuccessor = sharedWrite(insertSuccessors);

  /** The chain that the budget of this id is in: also of one that cannot be read otherwise. */
  readonly chainOf = sharedRead(chainsOf);

  private readonly findShared = sharedRead(findBudgets);
  private readonly lockIfFree = sharedRead(tryLocks);

  /**
   * By its id; undefined where there is none.
   * @throws UnreadableBudgetError
   */
  async find(tx: Tx, budgetId: string): Promise<Budget | undefined> {
    const found = await this.findShared(tx, budgetId);
    if (found instanceof UnreadableBudgetError) throw found;
    return found;
  }

  /**
   * Lets only one transaction at a time record events about these budgets, until it ends. Advisory locks, because there
   * may be no row yet; taken in one order, so that no two wait for each other. Renewals do not take them: a renewal's
   * claim on its task is lock enough, and it only ever inserts.
   */
  async hold(tx: Tx, budgetIds: readonly string[]): Promise<void> {
    const names = budgetIds.map((id) => `budgets.budget/${id}`).sort();
    holdAmongMembers(tx, names);
    if (!isShared(tx)) await lock(tx, names);
    else if (!(await this.lockIfFree(tx, names))) leaveGroup(tx);
  }

  /** Remembers that a budget was given up. The earliest date holds, in whatever order they come. */
  async deactivate(tx: Tx, budgetId: string, deactivatedAt: Temporal.Instant): Promise<void> {
    await tx
      .insertInto('budgets.deactivation')
      .values({ budget_id: budgetId, deactivated_at: deactivatedAt })
      .onConflict((conflict) =>
        conflict.column('budget_id').doUpdateSet({
          deactivated_at: sql`least(deactivation.deactivated_at, excluded.deactivated_at)`,
        }),
      )
      .execute();
  }
}

async function lock(tx: Tx, names: readonly string[]): Promise<void> {
  for (const name of names) {
    await sql`select pg_advisory_xact_lock(hashtextextended(${name}, 0))`.execute(tx);
  }
}

/** @returns for each list of names whether all of them are locked now. */
async function tryLocks(tx: Tx, lists: readonly (readonly string[])[]): Promise<boolean[]> {
  const { rows } = await sql<{ name: string; locked: boolean }>`
    select name, pg_try_advisory_xact_lock(hashtextextended(name, 0)) as locked
    from unnest(${lists.flat()}::text[]) as name`.execute(tx);
  const locked = new Set(rows.filter((row) => row.locked).map(({ name }) => name));
  return lists.map((names) => names.every((name) => locked.has(name)));
}
