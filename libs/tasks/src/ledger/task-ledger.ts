import { Injectable } from '@nestjs/common';
import { sql } from 'kysely';
import { Clock, Database, type Tx } from '@budget-buddy/platform';
import type { Temporal } from 'temporal-polyfill';
import type { StoredPayload } from '../task/task-payload';
import { toRecord, type TaskRecord, type TaskStatus } from './task-record';
import type { TaskHistoryEntry } from './task-table';

/** A task that is to be in the ledger. */
export interface NewTask {
  readonly key: string;
  readonly name: string;
  readonly queue: string;
  readonly payload: StoredPayload;
  readonly payloadVersion: number;
  readonly eta: Temporal.Instant;
}

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

/** The statements on `tasks.task`. Decides nothing. */
@Injectable()
export class TaskLedger {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  async find(key: string): Promise<TaskRecord | undefined> {
    const row = await this.database.db.selectFrom('tasks.task').selectAll().where('key', '=', key).executeTakeFirst();
    return row && toRecord(row);
  }

  /** @returns undefined when the key is taken. */
  async insert(tx: Tx, { payload, payloadVersion, ...task }: NewTask): Promise<TaskRecord | undefined> {
    const now = this.clock.now();
    const row = await tx
      .insertInto('tasks.task')
      .values({
        ...task,
        payload: JSON.stringify(payload),
        payload_version: payloadVersion,
        status: 'scheduled',
        due_at: task.eta,
        created_at: now,
        updated_at: now,
      })
      .onConflict((conflict) => conflict.column('key').doNothing())
      .returningAll()
      .executeTakeFirst();
    return row && toRecord(row);
  }

  /** Reads a task and holds it until the transaction ends: only one may run it or change it at a time. */
  async lock(tx: Tx, key: string): Promise<TaskRecord | undefined> {
    const row = await tx.selectFrom('tasks.task').selectAll().where('key', '=', key).forUpdate().executeTakeFirst();
    return row && toRecord(row);
  }

  /** Like {@link lock}, but does not wait: undefined as well when somebody else holds it. */
  async lockIfFree(tx: Tx, key: string): Promise<TaskRecord | undefined> {
    const query = tx.selectFrom('tasks.task').selectAll().where('key', '=', key).forUpdate().skipLocked();
    const row = await query.executeTakeFirst();
    return row && toRecord(row);
  }

  /** Whether there is a task of this key, also while somebody holds it. */
  async exists(tx: Tx, key: string): Promise<boolean> {
    return (await tx.selectFrom('tasks.task').select('key').where('key', '=', key).executeTakeFirst()) !== undefined;
  }

  async change(tx: Tx, key: string, change: TaskChange): Promise<TaskRecord> {
    const now = this.clock.now();
    const open = change.status === 'scheduled' || change.status === 'retrying';
    const row = await tx
      .updateTable('tasks.task')
      .set({
        status: change.status,
        updated_at: now,
        finished_at: open ? null : now,
        ...(change.reason !== undefined && { reason: change.reason }),
        ...(change.result !== undefined && { result: JSON.stringify(change.result) }),
        ...(change.attempts !== undefined && { attempts: Math.min(change.attempts, MOST_ATTEMPTS) }),
        ...(change.eta && { eta: change.eta }),
        ...(change.dueAt && { due_at: change.dueAt }),
        ...(change.queue && { queue: change.queue }),
        ...(change.payload && {
          payload: JSON.stringify(change.payload.payload),
          payload_version: change.payload.payloadVersion,
        }),
        ...(change.replacesTimer && { revision: sql<number>`revision + 1` }),
        ...(change.entry && { history: sql<string>`history || ${JSON.stringify([change.entry])}::jsonb` }),
      })
      .where('key', '=', key)
      .returningAll()
      .executeTakeFirstOrThrow();
    return toRecord(row);
  }
}
