import type { Temporal } from 'temporal-polyfill';
import type { BudgetPeriod } from './period/budget-period';
import type { PeriodAnchor } from './period/period-anchor';

/** What there is to know of a {@link Budget}. */
export interface BudgetFacts {
  readonly id: string;
  readonly userId: string;
  readonly name: string;
  /** In the currency's smallest unit. */
  readonly totalLimit: number;
  /** ISO 4217; older publishers do not say. */
  readonly currency?: string;
  readonly categories: readonly { readonly name: string; readonly limit: number }[];
  readonly anchor: PeriodAnchor;
  readonly period: BudgetPeriod;
  /** The budget that this one follows. */
  readonly renewalOf?: string;
  /** The id of the first budget of the chain, as far as it is known: the same for all of its successors. */
  readonly chainId: string;
  /** When the event occurred that told the latest of it; older publishers do not say. */
  readonly asOf?: Temporal.Instant;
}

/** A budget for one period. Its renewal is another budget, with an id of its own. */
export class Budget implements BudgetFacts {
  readonly id: string;
  readonly userId: string;
  readonly name: string;
  readonly totalLimit: number;
  readonly currency: string | undefined;
  readonly categories: BudgetFacts['categories'];
  readonly anchor: PeriodAnchor;
  readonly period: BudgetPeriod;
  readonly renewalOf: string | undefined;
  readonly chainId: string;
  readonly asOf: Temporal.Instant | undefined;

  constructor(facts: BudgetFacts) {
    this.id = facts.id;
    this.userId = facts.userId;
    this.name = facts.name;
    this.totalLimit = facts.totalLimit;
    this.currency = facts.currency;
    this.categories = facts.categories;
    this.anchor = facts.anchor;
    this.period = facts.period;
    this.renewalOf = facts.renewalOf;
    this.chainId = facts.chainId;
    this.asOf = facts.asOf;
  }

  /** `leadTime` before the period's last second, by the clock of the budget's zone. May be past. */
  renewalDueAt(leadTime: Temporal.Duration): Temporal.Instant {
    return this.period.dueAt(leadTime, this.anchor.timeZone);
  }

  /** The next budget of the chain: the same terms, for the period that follows this one without a gap. */
  successor(id: string, asOf: Temporal.Instant): Budget {
    return new Budget({ ...this, id, period: this.period.next(this.anchor), renewalOf: this.id, asOf });
  }
}
