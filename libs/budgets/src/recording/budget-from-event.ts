import type { Temporal } from 'temporal-polyfill';
import { Budget } from '../budget';
import type { BudgetCreated } from '../events/budget-created';
import { BudgetRenewed } from '../events/budget-renewed';
import { BudgetPeriod } from '../period/budget-period';
import { PeriodAnchor, type Strategy } from '../period/period-anchor';
import { UnknownBudgetError } from '../unknown-budget-error';

/** What the store knows already of the budget that an event tells of. */
export interface KnownBudgets {
  readonly itself?: Budget;
  /** The budget that was renewed. */
  readonly predecessor?: Budget;
}

const DEFAULT_TIME_ZONE = 'UTC';

/**
 * The budget as an event tells of it. What an event about a renewed budget leaves unsaid is as it was known before of
 * this budget, or else as it is with the one it renews. Of any other budget the event says all there is to know, so that
 * its events lead to the same end in whatever order they come.
 * @throws UnknownBudgetError when nothing says what every budget has.
 */
export function budgetFromEvent(event: BudgetCreated | BudgetRenewed, stored: KnownBudgets): Budget {
  const renewalOf = event instanceof BudgetRenewed ? event.oldBudgetId : stored.itself?.renewalOf;
  const { itself, predecessor }: KnownBudgets = renewalOf ? stored : {};
  const known = itself ?? predecessor;
  const strategy = event.strategy ?? known?.anchor.strategy;
  const name = event.name ?? known?.name;
  const totalLimit = event.totalLimit ?? known?.totalLimit;
  if (strategy === undefined || name === undefined || totalLimit === undefined) {
    throw new UnknownBudgetError(renewalOf ?? event.budgetId, missing({ strategy, name, totalLimit }));
  }
  const anchor = anchorFromEvent(event, strategy, { itself, predecessor });
  return new Budget({
    id: event.budgetId,
    userId: event.userId,
    name,
    totalLimit,
    currency: event.currency ?? known?.currency,
    categories: event.categories ?? known?.categories ?? [],
    anchor,
    period: BudgetPeriod.onWire(event.startDate, event.endDate, anchor),
    renewalOf,
    chainId: predecessor?.chainId ?? (itself?.renewalOf && itself.chainId) ?? renewalOf ?? event.budgetId,
    asOf: event.occurredOn ?? stored.itself?.asOf,
  });
}

/**
 * The stated day, else the day that was meant before: a renewed budget that starts on a clamped date, 28 February, must
 * not take that for its anchor.
 */
function anchorFromEvent(
  { startDate: start, strategyParameters, timeZone: statedZone }: BudgetCreated | BudgetRenewed,
  strategy: Strategy,
  { itself, predecessor }: KnownBudgets,
): PeriodAnchor {
  const timeZone = statedZone ?? (itself ?? predecessor)?.anchor.timeZone ?? DEFAULT_TIME_ZONE;
  const sameRule = ({ anchor }: Budget) => anchor.strategy === strategy && anchor.timeZone === timeZone;
  const before = [predecessor, startingAt(itself, start)].find((budget) => budget && sameRule(budget))?.anchor;
  return PeriodAnchor.of({
    strategy,
    start,
    timeZone,
    day: strategyParameters?.startDay ?? before?.day,
    month: strategyParameters?.startMonth ?? before?.month,
    timeOfDay: before?.timeOfDay,
  });
}

/** A budget that was moved to another start has the anchor of that start. */
function startingAt(budget: Budget | undefined, start: Temporal.Instant): Budget | undefined {
  return budget && BudgetPeriod.wholeSecond(start).equals(budget.period.start) ? budget : undefined;
}

function missing(terms: Record<string, unknown>): string[] {
  return Object.keys(terms).filter((term) => terms[term] === undefined);
}
