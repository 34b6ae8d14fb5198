import { hostname } from 'node:os';
import { instantText } from '@budget-buddy/platform';
import type { Temporal } from 'temporal-polyfill';
import type { TaskHistoryEntry } from '../ledger/task-table';
import type { TaskRecord } from '../ledger/task-record';

/** One try of one task. */
export interface Attempt {
  readonly task: TaskRecord;
  /** 1 for the first. */
  readonly number: number;
  readonly startedAt: Temporal.Instant;
}

/** Who ran it: host and process id. */
export const WORKER = `${hostname()}:${process.pid}`;

/** The attempt as the ledger's history keeps it. */
export function attempted(
  attempt: Attempt,
  finishedAt: Temporal.Instant,
  end: { outcome: string; error?: string; nextDueAt?: string },
): TaskHistoryEntry {
  return {
    what: 'attempt',
    attempt: attempt.number,
    startedAt: instantText(attempt.startedAt),
    finishedAt: instantText(finishedAt),
    worker: WORKER,
    ...end,
  };
}
