import { FULL, type Minimums, SHORT } from './fault-plan';

/** When what happens in a run, in ms after its start. */
export interface RunTimes {
  /** All events are published and all renewals due by then. */
  readonly untilMs: number;
  readonly faultsFromMs: number;
  readonly faultsUntilMs: number;
  /** How long before its renewal is due a budget is given up or moved away: faults delay events, too. */
  readonly graceMs: number;
  /** No such word is sent later: a short run has no time to wait for what the faults hold up. */
  readonly lastWordMs: number;
  /** How many faults there are. */
  readonly minimums: Minimums;
}

/** A run of so many ms is a full one: it has time for all the faults. */
const FULL_FROM_MS = 240_000;
const LONGEST_CALM_MS = 85_000;
const LONGEST_GRACE_MS = 75_000;

/** Faults begin when traffic flows, and end while there is still time in which everything has to be as if there were none. */
export function timesOf(durationMs: number): RunTimes {
  const isFull = durationMs >= FULL_FROM_MS;
  const faultsFromMs = Math.min(10_000, durationMs / 8);
  return {
    untilMs: durationMs,
    faultsFromMs,
    faultsUntilMs: durationMs - Math.min(LONGEST_CALM_MS, durationMs / 2),
    graceMs: Math.min(LONGEST_GRACE_MS, durationMs * 0.6),
    lastWordMs: isFull ? durationMs : faultsFromMs / 2,
    minimums: isFull ? FULL : SHORT,
  };
}
