import { timestamp, type Tx } from '@budget-buddy/platform';
import { sql } from 'kysely';
import type { Temporal } from 'temporal-polyfill';
import type { StoredPayload } from '../task/task-payload';
import type { TaskRecord } from './task-record';

/** A task that is to be in the ledger. */
export interface NewTask {
  readonly key: string;
  readonly name: string;
  readonly queue: string;
  readonly payload: StoredPayload;
  readonly payloadVersion: number;
  readonly eta: Temporal.Instant;
}

/** @returns for each task what is in the ledger now; undefined where its key was taken. */
export async function insertTasks(
  tx: Tx,
  tasks: readonly NewTask[],
  now: Temporal.Instant,
): Promise<(TaskRecord | undefined)[]> {
  const rows = tasks.map(({ key, name, queue, payload, payloadVersion, eta }) => {
    return { key, name, queue, payload, payload_version: payloadVersion, eta: timestamp(eta) };
  });
  const inserted = await sql<{ key: string }>`
    insert into tasks.task (key, name, queue, payload, payload_version, status, eta, due_at, created_at, updated_at)
    select key, name, queue, payload, payload_version, 'scheduled', eta, eta, ${now}, ${now}
    from json_to_recordset(${JSON.stringify(rows)}::json) as task (
      key text, name text, queue text, payload jsonb, payload_version integer, eta timestamptz)
    on conflict (key) do nothing
    returning key`.execute(tx);
  const created = new Set(inserted.rows.map(({ key }) => key));
  return tasks.map((task) => (created.has(task.key) ? asInserted(task, now) : undefined));
}

function asInserted({ key, name, queue, payload, payloadVersion, eta }: NewTask, now: Temporal.Instant): TaskRecord {
  return {
    key,
    name,
    queue,
    payload,
    payloadVersion,
    status: 'scheduled',
    eta,
    dueAt: eta,
    revision: 1,
    attempts: 0,
    result: null,
    reason: null,
    history: [],
    createdAt: now,
    updatedAt: now,
    finishedAt: null,
  };
}
