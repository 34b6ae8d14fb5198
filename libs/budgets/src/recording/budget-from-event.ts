import type { Temporal } from 'temporal-polyfill';
import { Budget, type BudgetFacts } from '../budget';
import type { BudgetCreated } from '../events/budget-created';
import { BudgetRenewed } from '../events/budget-renewed';
import { BudgetPeriod } from '../period/budget-period';
import { PeriodAnchor } from '../period/period-anchor';
import { UnknownBudgetError } from '../unknown-budget-error';

/** What the store knows already of the budget that an event tells of. */
export interface KnownBudgets {
  readonly itself?: Budget;
  /** The budget that was renewed. */
  readonly predecessor?: Budget;
}

/** What an event may state of a budget, and what it may leave to what is known. */
type Terms = Pick<BudgetRenewed, 'name' | 'totalLimit' | 'strategy' | 'currency'> & {
  timeZone: string;
  categories: BudgetFacts['categories'];
};
type CompleteTerms = Terms & Required<Pick<Terms, 'name' | 'totalLimit' | 'strategy'>>;

/**
 * The budget as an event tells of it. What an event about a renewed budget leaves unsaid is as it was known before of
 * this budget, or else as it is with the one it renews. Of any other budget the event says all there is to know, so that
 * its events lead to the same end in whatever order they come.
 * @throws UnknownBudgetError when nothing says what every budget has.
 */
export function budgetFromEvent(event: BudgetCreated | BudgetRenewed, stored: KnownBudgets): Budget {
  const renewalOf = event instanceof BudgetRenewed ? event.oldBudgetId : stored.itself?.renewalOf;
  const known = renewalOf ? stored : {};
  const terms = { timeZone: 'UTC', categories: [], ...termsOf(known.itself ?? known.predecessor), ...stated(event) };
  assertComplete(terms, renewalOf ?? event.budgetId);
  const { name, totalLimit, currency, categories } = terms;
  const anchor = anchorOf(event, terms, known);
  return new Budget({
    id: event.budgetId,
    userId: event.userId,
    name,
    totalLimit,
    currency,
    categories,
    anchor,
    period: BudgetPeriod.onWire(event.startDate, event.endDate, anchor),
    renewalOf,
    chainId: chainOf(known) ?? renewalOf ?? event.budgetId,
    asOf: event.occurredOn ?? stored.itself?.asOf,
  });
}

function chainOf({ itself, predecessor }: KnownBudgets): string | undefined {
  return predecessor?.chainId ?? (itself?.renewalOf && itself.chainId);
}

function termsOf(budget: Budget | undefined): Partial<Terms> {
  if (!budget) return {};
  const { name, totalLimit, currency, categories, anchor } = budget;
  return { name, totalLimit, currency, categories, strategy: anchor.strategy, timeZone: anchor.timeZone };
}

function stated({ name, totalLimit, currency, categories, strategy, timeZone }: Partial<Terms>): Partial<Terms> {
  const terms = { name, totalLimit, currency, categories, strategy, timeZone };
  return Object.fromEntries(Object.entries(terms).filter(([, value]) => value !== undefined));
}

function assertComplete(terms: Terms, unknownBudgetId: string): asserts terms is CompleteTerms {
  const missing = (['name', 'totalLimit', 'strategy'] as const).filter((term) => terms[term] === undefined);
  if (missing.length > 0) throw new UnknownBudgetError(unknownBudgetId, missing);
}

/**
 * The stated day, else the day that was meant before: a renewed budget that starts on a clamped date, 28 February, must
 * not take that for its anchor.
 */
function anchorOf(
  { startDate: start, strategyParameters }: BudgetCreated | BudgetRenewed,
  { strategy, timeZone }: CompleteTerms,
  { itself, predecessor }: KnownBudgets,
): PeriodAnchor {
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
