import type { Selectable } from 'kysely';
import type { Temporal } from 'temporal-polyfill';
import type { TaskHistoryEntry, TaskTable } from './task-table';

/** `scheduled` and `retrying` are open: a timer is to fire for them. The others are final until somebody replays. */
export type TaskStatus = 'scheduled' | 'retrying' | 'succeeded' | 'skipped' | 'failed' | 'cancelled';

/** A task as the ledger knows it. */
export interface TaskRecord {
  readonly key: string;
  readonly name: string;
  readonly queue: string;
  readonly payload: unknown;
  /** Which version of its class wrote the payload. */
  readonly payloadVersion: number;
  readonly status: TaskStatus;
  readonly eta: Temporal.Instant;
  readonly dueAt: Temporal.Instant;
  readonly revision: number;
  readonly attempts: number;
  readonly result: unknown;
  readonly reason: string | null;
  readonly history: readonly TaskHistoryEntry[];
  readonly createdAt: Temporal.Instant;
  readonly updatedAt: Temporal.Instant;
  readonly finishedAt: Temporal.Instant | null;
}

/** Whether a timer is still to fire for it. */
export function isOpen(task: Pick<TaskRecord, 'status'>): boolean {
  return task.status === 'scheduled' || task.status === 'retrying';
}

/** A row as the rest of the code reads it. */
export function toRecord(row: Selectable<TaskTable>): TaskRecord {
  // Each by its name: V8 takes 10 µs for the rest of a row.
  return {
    key: row.key,
    name: row.name,
    queue: row.queue,
    payload: row.payload,
    payloadVersion: row.payload_version,
    status: row.status,
    eta: row.eta,
    dueAt: row.due_at,
    revision: row.revision,
    attempts: row.attempts,
    result: row.result,
    reason: row.reason,
    history: historyOf(row.history),
    createdAt: row.created_at,
    updatedAt: row.updated_at,
    finishedAt: row.finished_at,
  };
}

/** What is no list was written by hand, and is the one thing known of the past. */
export function historyOf(history: unknown): TaskHistoryEntry[] {
  return (Array.isArray(history) ? history : [history]) as TaskHistoryEntry[];
}
