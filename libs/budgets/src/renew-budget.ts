import { Task } from '@budget-buddy/tasks';
import { IsUuid } from './fields/is-uuid';

/**
 * Makes the budget that follows `budgetId`. Its key holds no date: a budget is renewed once, and when its end changes,
 * its one task moves. See docs/adr/0011-one-renewal-a-budget.md.
 */
@Task<RenewBudget>({
  name: 'budget_renewal_task',
  queue: 'budget_renewal_queue',
  key: ({ budgetId }) => RenewBudget.keyFor(budgetId),
  // `budgets.budget` knows the successor, and has room for one only (docs/adr/0070-what-may-be-forgotten.md).
  forgettable: true,
})
export class RenewBudget {
  @IsUuid()
  budgetId!: string;

  /** Whose budget it is; checked against the budget when it is renewed. */
  @IsUuid()
  userId!: string;

  /** The key of a budget's one renewal. */
  static keyFor(budgetId: string): string {
    return `renew-budget-${budgetId}`;
  }
}
