import {
  type Budget,
  BudgetCreated,
  BudgetDeactivated,
  BudgetRecorder,
  BudgetRenewed,
  BudgetRepository,
  RenewalConfiguration,
  RenewBudget,
} from '@budget-buddy/budgets';
import { OnDomainEvent } from '@budget-buddy/events';
import { Database, type Tx } from '@budget-buddy/platform';
import { TaskScheduler } from '@budget-buddy/tasks';
import { Injectable } from '@nestjs/common';

/**
 * Decides when budgets are renewed. What an event says is recorded and acted on in one transaction, and always from the
 * budget as it is then known, so that an event that comes twice, late or out of order leads to the same end.
 */
@Injectable()
export class BudgetRenewalSubscriber {
  constructor(
    private readonly database: Database,
    private readonly recorder: BudgetRecorder,
    private readonly budgets: BudgetRepository,
    private readonly tasks: TaskScheduler,
    private readonly configuration: RenewalConfiguration,
  ) {}

  @OnDomainEvent(BudgetCreated)
  async budgetCreated(event: BudgetCreated): Promise<void> {
    await this.database.sharedTransaction(async (tx) => {
      await this.budgets.hold(tx, [event.budgetId]);
      const told = this.recorder.told(event);
      // Neither needs the other's answer, and a budget that was known before has its task already, as a rule.
      const [asNew] = await Promise.all([this.recorder.createdAsNew(tx, told), this.schedule(tx, told, 'keep')]);
      if (asNew) await this.cancelRenewal(tx, told.id, asNew.reasonNotToRenew);
      else await this.scheduleRenewal(tx, await this.recorder.created(tx, event));
    });
  }

  /** This system's own renewals come by here too: each schedules the next, so that the chain goes on. */
  @OnDomainEvent(BudgetRenewed)
  async budgetRenewed(event: BudgetRenewed): Promise<void> {
    await this.database.sharedTransaction(async (tx) => {
      // The old budget's task first, then its successor: the order in which the worker takes them.
      await this.budgets.hold(tx, [event.budgetId, event.oldBudgetId]);
      await this.cancelRenewal(tx, event.oldBudgetId, `renewed by ${event.budgetId}`);
      const budget = await this.recorder.renewed(tx, event);
      await this.scheduleRenewal(tx, budget);
    });
  }

  @OnDomainEvent(BudgetDeactivated)
  async budgetDeactivated(event: BudgetDeactivated): Promise<void> {
    await this.database.sharedTransaction(async (tx) => {
      await this.recorder.deactivated(tx, event);
      await this.cancelRenewal(tx, event.budgetId, await this.budgets.reasonNotToRenew(tx, event.budgetId));
    });
  }

  /** Also what must not be renewed gets its task, cancelled: the ledger tells what became of each budget. */
  private async scheduleRenewal(tx: Tx, budget: Budget): Promise<void> {
    await this.schedule(tx, budget, 'move');
    // Of a budget that others can see, a worker may have changed this until its task was held.
    await this.cancelRenewal(tx, budget.id, await this.budgets.reasonNotToRenew(tx, budget.id));
  }

  private async schedule(tx: Tx, budget: Budget, ifOpen: 'keep' | 'move'): Promise<void> {
    await this.tasks.schedule(
      RenewBudget,
      { budgetId: budget.id, userId: budget.userId },
      { eta: budget.renewalDueAt(this.configuration.leadTime) },
      { transaction: tx, ifOpen },
    );
  }

  private async cancelRenewal(tx: Tx, budgetId: string, reason: string | undefined): Promise<void> {
    if (reason) await this.tasks.cancel(RenewBudget.keyFor(budgetId), { reason, transaction: tx });
  }
}
