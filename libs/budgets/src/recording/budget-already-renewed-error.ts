import { PermanentEventError } from '@budget-buddy/events';

/** An event tells of a second successor of a budget that has one. No further try helps; a person has to choose. */
export class BudgetAlreadyRenewedError extends PermanentEventError {
  override readonly name = 'BudgetAlreadyRenewedError';

  constructor(
    readonly oldBudgetId: string,
    readonly renewedBy: string,
    readonly refused: string,
  ) {
    super(`budget ${oldBudgetId} is renewed by ${renewedBy} already, expected no second renewal ${refused}`);
  }
}
