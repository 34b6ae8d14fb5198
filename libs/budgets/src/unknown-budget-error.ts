/**
 * A budget was asked for that no event has told of, or not enough of. The event may still come, so whoever meets
 * this error should try again.
 */
export class UnknownBudgetError extends Error {
  override readonly name = 'UnknownBudgetError';

  constructor(
    readonly budgetId: string,
    /** What is not known, if it is not the whole budget. */
    readonly missing: readonly string[] = [],
  ) {
    const what = missing.length > 0 ? `the ${missing.join(', ')} of budget ${budgetId}` : `budget ${budgetId}`;
    super(`${what} is not known (yet), expected its BudgetCreated or BudgetRenewed to have arrived`);
  }
}
