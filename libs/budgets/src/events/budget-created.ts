import { DomainEvent } from '@budget-buddy/events';
import { IsInstant } from '@budget-buddy/platform';
import { IsIn } from 'class-validator';
import type { Temporal } from 'temporal-polyfill';
import { IsAfter } from '../fields/is-after';
import { IsAmount } from '../fields/is-amount';
import { IsText } from '../fields/is-text';
import { IsUuid } from '../fields/is-uuid';
import { MayBeMissing } from '../fields/may-be-missing';
import { STRATEGIES, type Strategy } from '../period/period-anchor';
import { LaterTerms } from './later-terms';

/** A budget was made, or what is known of it has changed: the event with the latest `occurred_on` holds. */
@DomainEvent({ name: 'BudgetCreated' })
export class BudgetCreated extends LaterTerms {
  @IsUuid()
  budgetId!: string;

  @IsUuid()
  userId!: string;

  @IsText({ min: 3, max: 100 })
  name!: string;

  /** In the currency's smallest unit. */
  @IsAmount()
  totalLimit!: number;

  @IsIn(STRATEGIES)
  strategy!: Strategy;

  @IsInstant()
  startDate!: Temporal.Instant;

  /** The last second of the period. */
  @MayBeMissing()
  @IsAfter('startDate')
  @IsInstant()
  endDate?: Temporal.Instant;

  @MayBeMissing()
  @IsInstant()
  occurredOn?: Temporal.Instant;
}
