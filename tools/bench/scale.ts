/** How much of everything a run measures. */
export interface Scale {
  readonly rounds: number;
  /** To the disk alone, before and after all else. */
  readonly durableWrites: number;
  /** Measured, after a warm-up that is not. */
  readonly events: number;
  readonly warmUpEvents: number;
  /** Jobs that are added to Bull alone. */
  readonly jobs: number;
  readonly tasks: number;
  readonly warmUpTasks: number;
  /** How long before they are due the tasks of a storm begin to be handed over, in ms. */
  readonly stormLeadMs: number;
  /** What must be left of it in the end, in ms: whoever has to read them first, can. */
  readonly stormQuietMs: number;
  readonly renewals: number;
  /** Rows that are inserted into PostgreSQL alone. */
  readonly rows: number;
  /** Tasks that wait for a time far away. */
  readonly waitingTasks: number;
  /** From one look at a worker's memory to the next, in ms. */
  readonly memoryLookMs: number;
  /** In the middle of which a worker is killed. */
  readonly killedTasks: number;
  /** Events that come now and then. */
  readonly lonelyEvents: number;
  /** Tasks that are due now and then, and the time over which they are spread, in ms. */
  readonly lonelyTasks: number;
  readonly lonelyTasksMs: number;
  /** How long before the first of them is due they are handed over, in ms. */
  readonly lonelyLeadMs: number;
}

/** Tells something about a system. */
export const FULL: Scale = {
  rounds: 5,
  durableWrites: 2_000,
  events: 20_000,
  warmUpEvents: 2_000,
  jobs: 20_000,
  tasks: 20_000,
  warmUpTasks: 2_000,
  stormLeadMs: 40_000,
  stormQuietMs: 15_000,
  renewals: 20_000,
  rows: 20_000,
  waitingTasks: 100_000,
  memoryLookMs: 400,
  killedTasks: 10_000,
  lonelyEvents: 500,
  lonelyTasks: 500,
  lonelyTasksMs: 30_000,
  lonelyLeadMs: 5_000,
};

/** Tells that the benchmark works, and nothing else. */
export const QUICK: Scale = {
  rounds: 1,
  durableWrites: 20,
  events: 200,
  warmUpEvents: 100,
  jobs: 300,
  tasks: 100,
  warmUpTasks: 50,
  stormLeadMs: 1_500,
  stormQuietMs: 300,
  renewals: 50,
  rows: 300,
  waitingTasks: 200,
  memoryLookMs: 20,
  killedTasks: 100,
  lonelyEvents: 10,
  lonelyTasks: 20,
  lonelyTasksMs: 500,
  lonelyLeadMs: 1_000,
};
