import { Injectable } from '@nestjs/common';
import { sql } from 'kysely';
import { Clock, Database, type Tx } from '@budget-buddy/platform';
import type { Temporal } from 'temporal-polyfill';
import type { StoredPayload } from '../task/task-payload';
import type { OpenTask } from './open-task';
import { toRecord, type TaskRecord, type TaskStatus } from './task-record';
import type { TaskHistoryEntry } from './task-table';

/** A task that is to be in the ledger. */
export interface NewTask {
  readonly key: string;
  readonly name: string;
  readonly queue: string;
  readonly payload: StoredPayload;
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
  readonly payload?: unknown;
  /** The timer that is set now is to do nothing any more. */
  readonly replacesTimer?: boolean;
}

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
  async insert(tx: Tx, task: NewTask): Promise<TaskRecord | undefined> {
    const now = this.clock.now();
    const row = await tx
      .insertInto('tasks.task')
      .values({
        ...task,
        payload: JSON.stringify(task.payload),
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
        ...(change.attempts !== undefined && { attempts: change.attempts }),
        ...(change.eta && { eta: change.eta }),
        ...(change.dueAt && { due_at: change.dueAt }),
        ...(change.queue && { queue: change.queue }),
        ...(change.payload !== undefined && { payload: JSON.stringify(change.payload) }),
        ...(change.replacesTimer && { revision: sql<number>`revision + 1` }),
        ...(change.entry && { history: sql<string>`history || ${JSON.stringify([change.entry])}::jsonb` }),
      })
      .where('key', '=', key)
      .returningAll()
      .executeTakeFirstOrThrow();
    return toRecord(row);
  }

  /** Open tasks in the order they are due, a page at a time, after the last one seen (keyset paging). */
  async openPage(until: Temporal.Instant | undefined, after: OpenTask | undefined, size: number): Promise<OpenTask[]> {
    return this.open()
      .$if(until !== undefined, (query) => query.where('due_at', '<=', until!))
      .$if(after !== undefined, (query) => query.where(sql<boolean>`(due_at, key) > (${after!.dueAt}, ${after!.key})`))
      .orderBy('due_at')
      .orderBy('key')
      .limit(size)
      .execute();
  }

  /** Those of these keys whose task is open. */
  async openAmong(keys: readonly string[]): Promise<OpenTask[]> {
    return this.open()
      .where(sql<boolean>`key = any(${[...new Set(keys)]}::text[])`)
      .execute();
  }

  private open() {
    return this.database.db
      .selectFrom('tasks.task')
      .select(['key', 'name', 'queue', 'revision', 'due_at as dueAt'])
      .where('finished_at', 'is', null);
  }
}
