import { FULL, QUICK, type Scale } from '../bench/scale';

/** How much of everything is measured with each number of open tasks, and with each number of processes. */
export interface GrowthScale extends Scale {
  /** Of a size's timers the reconciler sets so many itself. */
  readonly missingTimers: number;
  readonly workerCounts: readonly number[];
  readonly schedulerCounts: readonly number[];
}

export const FULL_GROWTH: GrowthScale = {
  ...FULL,
  rounds: 1,
  warmUpEvents: 1_000,
  warmUpTasks: 1_000,
  events: 10_000,
  stormLeadMs: 25_000,
  stormQuietMs: 5_000,
  lonelyTasks: 300,
  lonelyTasksMs: 20_000,
  missingTimers: 5_000,
  workerCounts: [1, 2, 4],
  schedulerCounts: [1, 2],
};

export const QUICK_GROWTH: GrowthScale = {
  ...QUICK,
  missingTimers: 100,
  workerCounts: [1, 2],
  schedulerCounts: [1, 2],
};
