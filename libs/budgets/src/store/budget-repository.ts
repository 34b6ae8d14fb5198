import type { Tx } from '@budget-buddy/platform';
import { Injectable } from '@nestjs/common';
import { sql } from 'kysely';
import type { Temporal } from 'temporal-polyfill';
import type { Budget } from '../budget';
import { fromRow, toRow } from './budget-row';

/** The statements on the budgets this service keeps from events, each in the caller's transaction. */
@Injectable()
export class BudgetRepository {
  /**
   * Lets only one transaction at a time record events about these budgets, until it ends. Advisory locks, because there
   * may be no row yet; taken in one order, so that no two wait for each other. Renewals do not take them: a renewal's
   * claim on its task is lock enough, and it only ever inserts.
   */
  async hold(tx: Tx, budgetIds: readonly string[]): Promise<void> {
    for (const id of [...budgetIds].sort()) {
      await sql`select pg_advisory_xact_lock(hashtextextended(${`budgets.budget/${id}`}, 0))`.execute(tx);
    }
  }

  async find(tx: Tx, budgetId: string): Promise<Budget | undefined> {
    const row = await tx.selectFrom('budgets.budget').selectAll().where('id', '=', budgetId).executeTakeFirst();
    return row && fromRow(row);
  }

  /** The id of the budget that renews this one. */
  async successorOf(tx: Tx, budgetId: string): Promise<string | undefined> {
    const row = await tx
      .selectFrom('budgets.budget')
      .select('id')
      .where('renewal_of', '=', budgetId)
      .executeTakeFirst();
    return row?.id;
  }

  /** Stores a budget, over what was stored under its id. */
  async save(tx: Tx, budget: Budget): Promise<void> {
    const { id, ...rest } = toRow(budget);
    await tx
      .insertInto('budgets.budget')
      .values({ id, ...rest })
      .onConflict((conflict) => conflict.column('id').doUpdateSet(rest))
      .execute();
  }

  /**
   * Stores the budget that renews another one, unless that one has been renewed.
   * @returns false when it has: nothing is stored then, and the transaction can go on.
   */
  async insertSuccessor(tx: Tx, successor: Budget): Promise<boolean> {
    const { numInsertedOrUpdatedRows } = await tx
      .insertInto('budgets.budget')
      .values(toRow(successor))
      .onConflict((conflict) => conflict.doNothing())
      .executeTakeFirst();
    return numInsertedOrUpdatedRows === 1n;
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

  /**
   * Why this budget is not to be renewed (any more), in words for the ledger. Undefined when nothing stands against it.
   */
  async reasonNotToRenew(tx: Tx, budgetId: string): Promise<string | undefined> {
    const { deactivatedAt, renewedBy } = await tx
      .selectNoFrom((from) => [
        from
          .selectFrom('budgets.deactivation')
          .select('deactivated_at')
          .where('budget_id', '=', budgetId)
          .as('deactivatedAt'),
        from.selectFrom('budgets.budget').select('id').where('renewal_of', '=', budgetId).as('renewedBy'),
      ])
      .executeTakeFirstOrThrow();
    if (renewedBy) return `renewed by ${renewedBy}`;
    return deactivatedAt ? `deactivated on ${deactivatedAt.toString()}` : undefined;
  }
}
