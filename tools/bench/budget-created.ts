import { budgetIdOf, USER_ID } from './task-ids';

const BYTES = 1_024;
const PADDING = ',"padding":""';

/** A BudgetCreated of exactly 1 KB, as another service publishes it; the padding is a field that nobody knows. */
export function budgetCreated(number: number, dates: { start: string; end: string }): Buffer {
  const body = JSON.stringify({
    budget_id: budgetIdOf(number),
    user_id: USER_ID,
    name: 'Groceries',
    total_limit: 50_000,
    currency: 'EUR',
    strategy: 'monthly',
    start_date: dates.start,
    end_date: dates.end,
  });
  const padding = 'x'.repeat(BYTES - body.length - PADDING.length);
  return Buffer.from(`${body.slice(0, -1)},"padding":"${padding}"}`);
}

/** Of a budget whose renewal nobody will live to see in a benchmark. */
export function datesFarAway(): { start: string; end: string } {
  const year = new Date().getUTCFullYear() + 1;
  return { start: `${year}-01-01T00:00:00Z`, end: `${year}-01-31T23:59:59Z` };
}
