import { BudgetRepository } from '@budget-buddy/budgets';
import { Module } from '@nestjs/common';
import { RenewBudgetHandler } from './renew-budget.handler';

/** What it is to renew a budget. */
@Module({ providers: [RenewBudgetHandler, BudgetRepository] })
export class BudgetsModule {}
