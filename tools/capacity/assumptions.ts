/** What is not measured, and decides about the result. */
export interface Assumptions {
  /** Within which everybody who is due at one instant is to be renewed, in minutes. */
  readonly minutes: number;
  /** Months for which settled tasks are kept, and for which there are old budgets. */
  readonly keptMonths: number;
  /** `BUDGETBUDDY_TIMER_HORIZON`, in hours. */
  readonly horizonHours: number;
}

export const ASSUMPTIONS: Assumptions = { minutes: 10, keptMonths: 13, horizonHours: 6 };

/** How much of a server's processors may be used: beyond that everything waits. */
export const UTILIZATION = 0.7;

/** Most memory that one Redis should hold, in bytes: a rewrite of its append-only file may need as much again. */
export const MOST_REDIS_BYTES = 25e9;

/** Most processors that one PostgreSQL is given here, for rates far beyond what was measured are not to be trusted. */
export const MOST_POSTGRES_CORES = 32;

/** Rows from which a table is better split: an index of all of it does not fit into memory any more, nor a vacuum into a night. */
export const MOST_ROWS_A_TABLE = 200_000_000;
