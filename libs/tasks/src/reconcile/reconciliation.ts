import type { TimerFault } from './timer-judgement';

/** Which timers a reconciliation compares: those due soon, or all. */
export type ReconciliationScope = 'soon' | 'all';

/** What was not as the ledger wants it, and is mended. */
type Mended =
  | TimerFault
  /** A timer that waited for nothing: its task was settled or moved, or there is none. */
  | 'extra'
  /** A timer of a task that is due beyond the horizon, set when the horizon was wider or there was none. */
  | 'beyond';

/** What is for people to deal with. */
type ForPeople =
  /** Open tasks in a queue that nobody declares. */
  | 'stranded'
  /** Open tasks whose row cannot be read, as somebody left it who edited it by hand. */
  | 'unreadable'
  /** Timers that are wrong and could not be set right, though Redis and PostgreSQL were there. */
  | 'unmended';

/** What a reconciliation found, and mended. */
export interface Findings extends Record<Mended | ForPeople, number> {
  /** Open tasks that were compared with their timers. */
  compared: number;
  /** Timers that were set because their time has come within the horizon. No fault. */
  entered: number;
}

/** Findings to be counted up. */
export function nothingFound(): Findings {
  return {
    compared: 0,
    entered: 0,
    missing: 0,
    drifted: 0,
    stuck: 0,
    extra: 0,
    beyond: 0,
    stranded: 0,
    unreadable: 0,
    unmended: 0,
  };
}

/** How many timers were not as the ledger wants them, and are now. */
export function mended({ missing, drifted, stuck, extra, beyond }: Findings): number {
  return missing + drifted + stuck + extra + beyond;
}
