import type { ColumnType, Generated, JSONColumnType } from 'kysely';
import type { Temporal } from 'temporal-polyfill';
import type { TaskStatus } from './task-record';

/**
 * One row a task, under its business key: the truth about what should run and what became of it. For ever, unless the
 * task is forgettable.
 */
export interface TaskTable {
  key: string;
  name: string;
  queue: string;
  payload: JSONColumnType<object>;
  /** Which version of its class wrote the payload. */
  payload_version: ColumnType<number, number, number>;
  status: TaskStatus;
  /** When the work is meant to be done, as the caller said. */
  eta: Temporal.Instant;
  /** When its timer is to fire next: the eta, or the next retry. */
  due_at: Temporal.Instant;
  /** Counts the times its timer was replaced. A timer with another revision is stale and does nothing. */
  revision: Generated<number>;
  /** Failed tries since it was scheduled or replayed. */
  attempts: Generated<number>;
  result: ColumnType<unknown, string | null, string | null>;
  /** Why it was skipped, cancelled or failed; of an open one, why it was put off. */
  reason: string | null;
  history: ColumnType<TaskHistoryEntry[], string | undefined, string>;
  created_at: ColumnType<Temporal.Instant, Temporal.Instant, never>;
  updated_at: Temporal.Instant;
  /** When it was settled; null while it is open. */
  finished_at: Temporal.Instant | null;
}

/** Something that happened to a task, oldest first. Times are ISO 8601 in UTC. */
export type TaskHistoryEntry =
  | {
      what: 'attempt';
      attempt: number;
      startedAt: string;
      finishedAt: string;
      outcome: string;
      error?: string;
      nextDueAt?: string;
      worker: string;
    }
  | {
      what: 'moved' | 'cancelled' | 'replayed' | 'revived' | 'put-off';
      at: string;
      reason?: string;
      from?: string;
      to?: string;
    };

declare module '@budget-buddy/platform' {
  interface Tables {
    'tasks.task': TaskTable;
  }
}
