import { timestamp, type Tx } from '@budget-buddy/platform';
import { sql } from 'kysely';
import type { Temporal } from 'temporal-polyfill';
import type { NewTask } from './insert-tasks';
import type { TaskRecord, TaskStatus } from './task-record';
import type { TaskHistoryEntry } from './task-table';

/** What changes when a task moves on. */
export interface TaskChange {
  readonly status: TaskStatus;
  readonly entry?: TaskHistoryEntry;
  readonly reason?: string | null;
  readonly result?: unknown;
  readonly attempts?: number;
  readonly eta?: Temporal.Instant;
  readonly dueAt?: Temporal.Instant;
  readonly queue?: string;
  readonly payload?: Pick<NewTask, 'payload' | 'payloadVersion'>;
  /** The timer that is set now is to do nothing any more. */
  readonly replacesTimer?: boolean;
}

/** As the table's check has it: a row may have been edited by hand to have that many. */
const MOST_ATTEMPTS = 1_000_000_000;

/** A change as its statement reads it. What is left out stays as it is. */
export type ChangeRow = Readonly<Record<string, unknown>> & { readonly key: string };

function inRange(attempts: number | undefined): number | undefined {
  return attempts === undefined ? undefined : Math.min(attempts, MOST_ATTEMPTS);
}

export function toChangeRow(key: string, change: TaskChange, now: Temporal.Instant): ChangeRow {
  const { status, entry, reason, result, attempts, eta, dueAt, queue, payload, replacesTimer } = change;
  return {
    key,
    status,
    now: timestamp(now),
    closes: status !== 'scheduled' && status !== 'retrying',
    sets_reason: reason !== undefined,
    reason,
    sets_result: result !== undefined,
    result,
    attempts: inRange(attempts),
    eta: eta && timestamp(eta),
    due_at: dueAt && timestamp(dueAt),
    queue,
    payload: payload?.payload,
    payload_version: payload?.payloadVersion,
    revisions: replacesTimer ? 1 : 0,
    entry: entry && [entry],
  };
}

/**
 * The keys twice: for a plan that was made when the ledger was small, each by the index (test/prepared-plans.int-spec.ts).
 * @throws Error unless each of the tasks is there.
 */
export async function changeTasks(tx: Tx, changes: readonly ChangeRow[]): Promise<void[]> {
  const { numAffectedRows } = await sql`
    update tasks.task set
      status = change.status,
      updated_at = change.now,
      finished_at = case when change.closes then change.now end,
      reason = case when change.sets_reason then change.reason else task.reason end,
      result = case when change.sets_result then change.result else task.result end,
      attempts = coalesce(change.attempts, task.attempts),
      eta = coalesce(change.eta, task.eta),
      due_at = coalesce(change.due_at, task.due_at),
      queue = coalesce(change.queue, task.queue),
      payload = coalesce(change.payload, task.payload),
      payload_version = coalesce(change.payload_version, task.payload_version),
      revision = task.revision + change.revisions,
      history = case when change.entry is null then task.history else task.history || change.entry end
    from json_to_recordset(${JSON.stringify(changes)}::json) as change (
      key text, status text, now timestamptz, closes boolean, sets_reason boolean, reason text, sets_result boolean,
      result jsonb, attempts integer, eta timestamptz, due_at timestamptz, queue text, payload jsonb,
      payload_version integer, revisions integer, entry jsonb)
    where task.key = change.key and task.key = any(${changes.map(({ key }) => key)}::text[])`.execute(tx);
  if (numAffectedRows !== BigInt(changes.length)) {
    const keys = changes.map(({ key }) => key).join(', ');
    throw new Error(`${numAffectedRows} of ${changes.length} tasks are in the ledger, expected all of ${keys}`);
  }
  return changes.map(() => undefined);
}

function payloadOf({ payload, payloadVersion }: Pick<TaskRecord, 'payload' | 'payloadVersion'>) {
  return { payload, payloadVersion };
}

/** A task after the change. */
export function changed(task: TaskRecord, change: TaskChange, now: Temporal.Instant): TaskRecord {
  const { status, entry, reason, result, attempts, eta, dueAt, queue, payload, replacesTimer } = change;
  const isOpen = status === 'scheduled' || status === 'retrying';
  return {
    key: task.key,
    name: task.name,
    queue: queue ?? task.queue,
    ...payloadOf(payload ?? task),
    status,
    eta: eta ?? task.eta,
    dueAt: dueAt ?? task.dueAt,
    revision: task.revision + (replacesTimer ? 1 : 0),
    attempts: inRange(attempts) ?? task.attempts,
    result: result === undefined ? task.result : result,
    reason: reason === undefined ? task.reason : reason,
    history: entry ? [...task.history, entry] : task.history,
    createdAt: task.createdAt,
    updatedAt: now,
    finishedAt: isOpen ? null : now,
  };
}
