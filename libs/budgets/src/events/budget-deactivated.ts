import { DomainEvent } from '@budget-buddy/events';
import { IsInstant } from '@budget-buddy/platform';
import type { Temporal } from 'temporal-polyfill';
import { IsUuid } from '../fields/is-uuid';
import { MayBeMissing } from '../fields/may-be-missing';

/** A budget was given up: it is not renewed any more. There is no way back. */
@DomainEvent({ name: 'BudgetDeactivated', aliases: ['BudgetDeactivatedEvent'] })
export class BudgetDeactivated {
  @IsUuid()
  budgetId!: string;

  @MayBeMissing()
  @IsUuid()
  userId?: string;

  @IsInstant()
  deactivationDate!: Temporal.Instant;

  @MayBeMissing()
  @IsInstant()
  occurredOn?: Temporal.Instant;
}
