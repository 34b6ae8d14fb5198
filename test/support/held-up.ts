import { BudgetRepository, RenewBudget } from '@budget-buddy/budgets';
import { sql } from 'kysely';
import type { WholeSystem } from './whole-system';

/** Budgets, by their ids. */
interface HeldUp {
  /** No event about them can be recorded. */
  readonly recording?: readonly string[];
  /** They cannot be renewed. */
  readonly renewal?: readonly string[];
}

/**
 * Holds up budgets while `work` goes on, by the locks that the apps take themselves: so that something is not all done,
 * however late a test looks.
 */
export function heldUp<Result>(
  { db }: WholeSystem,
  { recording = [], renewal = [] }: HeldUp,
  work: () => Promise<Result>,
): Promise<Result> {
  return db.transaction().execute(async (tx) => {
    await new BudgetRepository().hold(tx, recording);
    const keys = renewal.map((id) => RenewBudget.keyFor(id));
    await sql`select from tasks.task where key = any(${keys}) for update`.execute(tx);
    return work();
  });
}
