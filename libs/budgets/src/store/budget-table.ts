import type { ColumnType } from 'kysely';
import type { Temporal } from 'temporal-polyfill';
import type { BudgetFacts } from '../budget';
import type { Strategy } from '../period/period-anchor';

/** One row a budget, which is one period; its renewal is another row. */
export interface BudgetTable {
  id: string;
  user_id: string;
  name: string;
  total_limit: number;
  currency: string | null;
  categories: ColumnType<BudgetFacts['categories'], string, string>;
  strategy: Strategy;
  anchor_day: number;
  /** Null for monthly budgets. */
  anchor_month: number | null;
  /** Local time, `HH:MM:SS`. */
  anchor_time: string;
  time_zone: string;
  starts_at: Temporal.Instant;
  /** The first instant that is not in the period any more. */
  ends_at: Temporal.Instant;
  renewal_of: string | null;
  chain_id: string;
  as_of: Temporal.Instant | null;
}

/** The budgets that were given up, known otherwise or not. */
export interface DeactivationTable {
  budget_id: string;
  deactivated_at: Temporal.Instant;
}

declare module '@budget-buddy/platform' {
  interface Tables {
    'budgets.budget': BudgetTable;
    'budgets.deactivation': DeactivationTable;
  }
}
