import type { TimerFault } from './timer-judgement';

/** Which timers a reconciliation compares: those due soon, or all. */
export type ReconciliationScope = 'soon' | 'all';

/** What a reconciliation found, and mended. */
export interface Findings extends Record<TimerFault | 'extra' | 'stranded', number> {
  /** Open tasks that were compared with their timers. */
  compared: number;
}

/** Findings to be counted up. */
export function nothingFound(): Findings {
  return { compared: 0, stranded: 0, missing: 0, drifted: 0, stuck: 0, extra: 0 };
}

/** How many timers were not as the ledger wants them. */
export function faults({ missing, drifted, stuck, extra }: Findings): number {
  return missing + drifted + stuck + extra;
}
