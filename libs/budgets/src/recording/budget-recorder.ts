import type { Tx } from '@budget-buddy/platform';
import { Injectable } from '@nestjs/common';
import { Temporal } from 'temporal-polyfill';
import { Budget } from '../budget';
import type { BudgetCreated } from '../events/budget-created';
import type { BudgetDeactivated } from '../events/budget-deactivated';
import type { BudgetRenewed } from '../events/budget-renewed';
import { BudgetRepository } from '../store/budget-repository';
import type { NewBudget } from '../store/store-budgets';
import { BudgetAlreadyRenewedError } from './budget-already-renewed-error';
import { budgetFromEvent } from './budget-from-event';

/**
 * Keeps the store of budgets in step with the events that tell of them, in whatever order and however often they come.
 * Each method first holds the budgets it is about ({@link BudgetRepository.hold}) until the transaction ends.
 */
@Injectable()
export class BudgetRecorder {
  constructor(private readonly budgets: BudgetRepository) {}

  /** What the event says by itself of the budget that it creates. */
  told(event: BudgetCreated): Budget {
    return budgetFromEvent(event, {});
  }

  /**
   * Stores a budget as it was told of, if nothing is known of it: so it is with nearly every budget that is created. The
   * caller holds it.
   * @returns undefined, and does nothing, when something is: then {@link created} has to look at it.
   */
  createdAsNew(tx: Tx, told: Budget): Promise<NewBudget | undefined> {
    return this.budgets.insert(tx, told);
  }

  /** @returns the budget as it is known now: not as the event has it, when a later event was there before. */
  async created(tx: Tx, event: BudgetCreated): Promise<Budget> {
    await this.budgets.hold(tx, [event.budgetId]);
    const itself = await this.budgets.find(tx, event.budgetId);
    return this.keepLatest(tx, itself, budgetFromEvent(event, { itself }));
  }

  /**
   * @returns the new budget as it is known now.
   * @throws UnknownBudgetError when neither the event nor the old budget says enough: try again later.
   * @throws BudgetAlreadyRenewedError when the old budget has another successor.
   */
  async renewed(tx: Tx, event: BudgetRenewed): Promise<Budget> {
    await this.budgets.hold(tx, [event.budgetId, event.oldBudgetId]);
    const renewedBy = await this.budgets.successorOf(tx, event.oldBudgetId);
    if (renewedBy !== undefined && renewedBy !== event.budgetId) {
      throw new BudgetAlreadyRenewedError(event.oldBudgetId, renewedBy, event.budgetId);
    }
    const itself = await this.budgets.find(tx, event.budgetId);
    const predecessor = await this.budgets.find(tx, event.oldBudgetId);
    return this.keepLatest(tx, itself, budgetFromEvent(event, { itself, predecessor }));
  }

  /** Remembered also for a budget of which nothing else is known yet. */
  async deactivated(tx: Tx, event: BudgetDeactivated): Promise<void> {
    await this.budgets.hold(tx, [event.budgetId]);
    await this.budgets.deactivate(tx, event.budgetId, event.deactivationDate);
  }

  private async keepLatest(tx: Tx, stored: Budget | undefined, told: Budget): Promise<Budget> {
    const latest = stored && isLater(stored, told) ? withDescentOf(told, stored) : told;
    await this.budgets.save(tx, latest);
    return latest;
  }
}

/** What an out-of-date event says of a budget is void, except for whose renewal it is: that never changes. */
function withDescentOf(told: Budget, stored: Budget): Budget {
  return new Budget({ ...stored, renewalOf: told.renewalOf, chainId: told.chainId });
}

/** By the time the events occurred; where one of them does not say, the one that came last is the later one. */
function isLater(stored: Budget, told: Budget): boolean {
  return stored.asOf && told.asOf ? Temporal.Instant.compare(stored.asOf, told.asOf) > 0 : false;
}
