import { FreeSlots } from './free-slots';

/** Tasks that are due at one instant. */
export interface Wave {
  readonly atMs: number;
  readonly tasks: number;
}

/** What works on them. */
export interface System {
  /** Tasks that run at a time: those of all workers. */
  readonly slots: number;
  /** How long each of them holds its slot when nothing else is short, in ms; asked once for each task, in their order. */
  readonly serviceMs: () => number;
  /** Most renewals that what all workers share (PostgreSQL) does in a second. */
  readonly ceilingPerSecond: number;
}

/** What becomes of the tasks. */
export interface Simulated {
  /** From the due time of each task until it is done, in ms, in ascending order. */
  readonly lateMs: Float64Array;
  /** When the last one is done, in ms on the clock of the waves. */
  readonly endMs: number;
}

/**
 * Simulates waves of tasks that wait in one line for the slots of all workers: a G/G/k queue, first come, first served,
 * with one server behind it that all share and that works at a fixed rate. A task keeps its slot until both its own time is
 * over and the shared server has served it.
 * @param waves in the order of their times.
 */
export function simulate(waves: readonly Wave[], { slots, serviceMs, ceilingPerSecond }: System): Simulated {
  const free = new FreeSlots(slots);
  const lateMs = new Float64Array(waves.reduce((sum, { tasks }) => sum + tasks, 0));
  const sharedMs = 1_000 / ceilingPerSecond;
  let sharedFreeMs = Number.NEGATIVE_INFINITY;
  let endMs = Number.NEGATIVE_INFINITY;
  let count = 0;
  for (const { atMs, tasks } of waves) {
    for (let task = 0; task < tasks; task++) {
      const startMs = Math.max(atMs, free.earliest);
      sharedFreeMs = Math.max(startMs, sharedFreeMs) + sharedMs;
      const doneMs = Math.max(startMs + serviceMs(), sharedFreeMs);
      free.take(doneMs);
      lateMs[count++] = doneMs - atMs;
      endMs = Math.max(endMs, doneMs);
    }
  }
  return { lateMs: lateMs.sort(), endMs };
}

/** The value that so many of them do not exceed; they are in ascending order. */
export function shareBelow(sorted: Float64Array, share: number): number {
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)]!;
}
