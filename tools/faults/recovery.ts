import { Temporal } from 'temporal-polyfill';

/** What all apps of a run are told; all else is as by default. */
export const SETTINGS = {
  BUDGETBUDDY_TASK_STALLED_AFTER: 'PT5S',
  BUDGETBUDDY_RECONCILE_INTERVAL: 'PT5S',
  // By default 10 minutes: a lost timer of a task that is not due soon would be missing for longer than one waits.
  BUDGETBUDDY_RECONCILE_ALL_INTERVAL: 'PT30S',
  BUDGETBUDDY_LOG_LEVEL: 'info',
  BUDGETBUDDY_LOG_FORMAT: 'json',
} as const;

/** The longest pause between two tries of anything: a parked event, a task while PostgreSQL is away, a connection. */
const LONGEST_PAUSE_MS = 5_000;

/**
 * How long after a fault everything may take to be as if there had been none, in ms: a lost worker's tasks are noticed
 * at the second look, a lost timer at the reconciler's next, and either may have to wait for one more try.
 */
export function recoveryMs(settings: typeof SETTINGS = SETTINGS): number {
  const ms = (duration: string) => Temporal.Duration.from(duration).total('milliseconds');
  const stalled = ms(settings.BUDGETBUDDY_TASK_STALLED_AFTER);
  return 2 * stalled + ms(settings.BUDGETBUDDY_RECONCILE_INTERVAL) + LONGEST_PAUSE_MS;
}
