import { describeError } from '@budget-buddy/platform';
import { PermanentTaskError } from '@budget-buddy/tasks';

/** A budget's row was edited by hand, so that it cannot be read. No retry mends it, but whoever edits it again. */
export class UnreadableBudgetError extends PermanentTaskError {
  override readonly name = 'UnreadableBudgetError';

  constructor(
    readonly budgetId: string,
    cause: unknown,
  ) {
    super(`budget ${budgetId} cannot be read from budgets.budget: ${describeError(cause)}`, { cause });
  }
}
