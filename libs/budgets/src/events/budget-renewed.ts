import { DomainEvent } from '@budget-buddy/events';
import { IsInstant } from '@budget-buddy/platform';
import { IsIn } from 'class-validator';
import type { Temporal } from 'temporal-polyfill';
import type { Budget } from '../budget';
import { IsAfter } from '../fields/is-after';
import { IsAmount } from '../fields/is-amount';
import { IsOtherThan } from '../fields/is-other-than';
import { IsText } from '../fields/is-text';
import { IsUuid } from '../fields/is-uuid';
import { MayBeMissing } from '../fields/may-be-missing';
import { STRATEGIES, type Strategy } from '../period/period-anchor';
import { LaterTerms } from './later-terms';

/**
 * A budget came to its end and the next one was made. This system publishes all of the new budget's terms; the old
 * system's events have neither name nor limit nor strategy, which are then those of the old budget.
 *
 * The next renewal follows from it: unheard, it would be the last of its chain.
 */
@DomainEvent({ name: 'BudgetRenewed', mustBeHeard: true })
export class BudgetRenewed extends LaterTerms {
  /** The new budget. */
  @IsUuid()
  @IsOtherThan('oldBudgetId')
  budgetId!: string;

  @IsUuid()
  oldBudgetId!: string;

  @IsUuid()
  userId!: string;

  @MayBeMissing()
  @IsText({ min: 3, max: 100 })
  name?: string;

  /** In the currency's smallest unit. */
  @MayBeMissing()
  @IsAmount()
  totalLimit?: number;

  @MayBeMissing()
  @IsIn(STRATEGIES)
  strategy?: Strategy;

  @IsInstant()
  startDate!: Temporal.Instant;

  /** The last second of the new period. */
  @IsAfter('startDate')
  @IsInstant()
  endDate!: Temporal.Instant;

  @IsInstant()
  occurredOn!: Temporal.Instant;

  /** The event that tells of `successor`, with all that a consumer who knows nothing else needs. */
  static of(successor: Budget, oldBudgetId: string, occurredOn: Temporal.Instant): BudgetRenewed {
    const { id: budgetId, userId, name, totalLimit, currency, period, anchor } = successor;
    return Object.assign(new BudgetRenewed(), {
      budgetId,
      oldBudgetId,
      userId,
      name,
      totalLimit,
      currency,
      strategy: anchor.strategy,
      strategyParameters: { startDay: anchor.day, startMonth: anchor.month },
      timeZone: anchor.timeZone,
      categories: [...successor.categories],
      startDate: period.start,
      endDate: period.lastInstant,
      occurredOn,
    });
  }
}
