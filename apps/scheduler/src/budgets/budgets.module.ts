import { BudgetRecorder, BudgetRepository } from '@budget-buddy/budgets';
import { Module } from '@nestjs/common';
import { BudgetRenewalSubscriber } from './budget-renewal.subscriber';

/** When budgets are renewed. */
@Module({ providers: [BudgetRenewalSubscriber, BudgetRecorder, BudgetRepository] })
export class BudgetsModule {}
