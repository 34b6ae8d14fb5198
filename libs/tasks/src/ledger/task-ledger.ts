import { Injectable } from '@nestjs/common';
import { sql } from 'kysely';
import {
  Clock,
  Database,
  holdAmongMembers,
  isShared,
  leaveGroup,
  sharedRead,
  sharedWrite,
  type Tx,
} from '@budget-buddy/platform';
import { insertTasks, type NewTask } from './insert-tasks';
import { changed, changeTasks, type TaskChange, toChangeRow } from './task-change';
import { toRecord, type TaskRecord } from './task-record';

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
  insert(tx: Tx, task: NewTask): Promise<TaskRecord | undefined> {
    holdAmongMembers(tx, [lockName(task.key)]);
    return this.insertShared(tx, task);
  }

  /** Reads a task and holds it until the transaction ends: only one may run it or change it at a time. */
  async lock(tx: Tx, key: string): Promise<TaskRecord | undefined> {
    if (!isShared(tx)) {
      const row = await selectTasks(tx, [key]).forUpdate().executeTakeFirst();
      return row && toRecord(row);
    }
    const task = await this.lockIfFree(tx, key);
    if (!task && (await this.exists(tx, key))) leaveGroup(tx);
    return task;
  }

  /** Like {@link lock}, but does not wait: undefined as well when somebody else holds it. */
  async lockIfFree(tx: Tx, key: string): Promise<TaskRecord | undefined> {
    holdAmongMembers(tx, [lockName(key)]);
    return this.lockShared(tx, key);
  }

  /** Whether there is a task of this key, also while somebody holds it. */
  readonly exists = sharedRead(existingTasks);

  /**
   * Changes a task that the transaction has locked.
   * @returns the task as it is then.
   */
  async change(tx: Tx, task: TaskRecord, change: TaskChange): Promise<TaskRecord> {
    const now = this.clock.now();
    await this.changeShared(tx, toChangeRow(task.key, change, now));
    return changed(task, change, now);
  }

  private readonly insertShared = sharedWrite((tx, tasks: readonly NewTask[]) =>
    insertTasks(tx, tasks, this.clock.now()),
  );

  private readonly lockShared = sharedRead(async (tx, keys: readonly string[]) => {
    const rows = await selectTasks(tx, keys).forUpdate().skipLocked().execute();
    const byKey = new Map(rows.map((row) => [row.key, row]));
    return keys.map((key) => byKey.get(key)).map((row) => row && toRecord(row));
  });

  private readonly changeShared = sharedWrite(changeTasks);
}

/** Among the members of a shared transaction, whose keys are of more than one kind. */
function lockName(key: string): string {
  return `tasks.task/${key}`;
}

function selectTasks(tx: Tx, keys: readonly string[]) {
  return tx
    .selectFrom('tasks.task')
    .selectAll()
    .where(sql<boolean>`key = any(${keys}::text[])`);
}

async function existingTasks(tx: Tx, keys: readonly string[]): Promise<boolean[]> {
  const { rows } = await sql<{ key: string }>`select key from tasks.task where key = any(${keys}::text[])`.execute(tx);
  const existing = new Set(rows.map(({ key }) => key));
  return keys.map((key) => existing.has(key));
}
