import { randomUUID } from 'node:crypto';
import { Temporal } from 'temporal-polyfill';

/** The body of an event, as the wire has it. */
export type Wire = Record<string, unknown> & { budget_id: string };

/** A BudgetCreated with the fields that are always there, over which a test writes what it is about. */
export function budgetCreated(fields: Record<string, unknown> = {}): Wire {
  return {
    budget_id: randomUUID(),
    user_id: randomUUID(),
    name: 'Groceries',
    total_limit: 50_000,
    start_date: '2027-01-31T00:00:00Z',
    strategy: 'monthly',
    ...fields,
  };
}

/** A BudgetRenewed as the old system publishes it: with nothing but the fields that are always there. */
export function budgetRenewed(old: Wire, fields: Record<string, unknown>): Wire {
  return {
    budget_id: randomUUID(),
    old_budget_id: old.budget_id,
    user_id: old['user_id'],
    ...fields,
  };
}

/**
 * The dates of a budget whose renewal is due so many whole seconds from now, for apps whose lead time is none. What
 * follows it ends a month later, so that a renewal that is due soon is the only one.
 */
export function endingIn(seconds: number, now = Temporal.Now.instant()): { start_date: string; end_date: string } {
  const end = now.round({ smallestUnit: 'second', roundingMode: 'ceil' }).add({ seconds });
  return { start_date: end.subtract({ hours: 24 * 30 }).toString(), end_date: end.toString() };
}
