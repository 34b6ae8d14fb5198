import { DomainEvent } from '@budget-buddy/events';
import { IsInstant } from '@budget-buddy/platform';
import { IsInt, IsString, Min } from 'class-validator';
import type { Temporal } from 'temporal-polyfill';
import { IsUuid } from '../fields/is-uuid';

/** The renewal of a budget was tried for the last time. It is kept and can be replayed; until then there is no successor. */
@DomainEvent({ name: 'BudgetRenewalFailed' })
export class BudgetRenewalFailed {
  @IsUuid()
  budgetId!: string;

  @IsUuid()
  userId!: string;

  /** Name and message of the last error. */
  @IsString()
  error!: string;

  @IsInt()
  @Min(1)
  attempts!: number;

  @IsInstant()
  occurredOn!: Temporal.Instant;
}
