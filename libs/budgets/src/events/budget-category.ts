import { IsAmount } from '../fields/is-amount';
import { IsText } from '../fields/is-text';

/** A part of a budget's limit that is set aside for something. */
export class BudgetCategory {
  @IsText({ min: 1, max: 100 })
  name!: string;

  /** In the currency's smallest unit. */
  @IsAmount()
  limit!: number;
}
