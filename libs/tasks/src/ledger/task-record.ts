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
  const { payload_version, due_at, created_at, updated_at, finished_at, history, ...rest } = row;
  return {
    ...rest,
    history: historyOf(history),
    payloadVersion: payload_version,
    dueAt: due_at,
    createdAt: created_at,
    updatedAt: updated_at,
    finishedAt: finished_at,
  };
}

/** What is no list was written by hand, and is the one thing known of the past. */
export function historyOf(history: unknown): TaskHistoryEntry[] {
  return (Array.isArray(history) ? history : [history]) as TaskHistoryEntry[];
}
