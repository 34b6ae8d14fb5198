import { isDeepStrictEqual } from 'node:util';
import { Injectable, type Type } from '@nestjs/common';
import { Clock, Database, type Tx } from '@budget-buddy/platform';
import type { Temporal } from 'temporal-polyfill';
import type { NewTask } from './ledger/insert-tasks';
import type { TaskChange } from './ledger/task-change';
import { TaskLedger } from './ledger/task-ledger';
import { isOpen, type TaskRecord, type TaskStatus } from './ledger/task-record';
import { dueTime, type When } from './task/due-time';
import { keyOf } from './task/task-key';
import { encodePayload, type PayloadOf } from './task/task-payload';
import { TaskNotFoundError } from './task/task-not-found-error';
import { TaskStateError } from './task/task-state-error';
import { definitionOf } from './task/task';
import { UnreadableTaskError } from './task/unreadable-task-error';
import { type PayloadVersions, upcastPayload } from './task/upcast-payload';
import { TasksConfiguration } from './tasks-configuration';
import { TaskQueues } from './timers/task-queues';
import { TimersAfterCommit } from './timers/timers-after-commit';

/** How a task is scheduled. */
export interface ScheduleOptions {
  /** Take part in the caller's transaction: no commit, no task. */
  transaction?: Tx;
  /**
   * What to do when the task is open under this key at another time or with another payload: `keep` it as it is
   * (default), or `move` it to what is said now.
   */
  ifOpen?: 'keep' | 'move';
}

/** What there is now under the key that was scheduled. */
export interface ScheduledTask {
  readonly key: string;
  readonly status: TaskStatus;
  readonly dueAt: Temporal.Instant;
  /** This call made it. */
  readonly created: boolean;
  /** This call gave it another time, payload or queue. */
  readonly moved: boolean;
}

/**
 * Schedules, moves, cancels and replays tasks: the ledger row first, in the caller's transaction if there is one; the
 * timer once that is committed. When Redis is away the row stands, and the reconciler sets the timer when it is back.
 */
@Injectable()
export class TaskScheduler {
  constructor(
    private readonly database: Database,
    private readonly ledger: TaskLedger,
    private readonly queues: TaskQueues,
    private readonly timers: TimersAfterCommit,
    private readonly clock: Clock,
    private readonly configuration: TasksConfiguration,
  ) {}

  /**
   * Makes sure that a task is scheduled under its business key. A task that is settled stays as it is: the work of
   * this key has been done (or given up, or cancelled) once. A due time in the past means now.
   * @throws InvalidTaskPayloadError, InvalidDueTimeError, DatabaseUnavailableError
   */
  async schedule<Payload extends object>(
    type: Type<Payload>,
    payload: PayloadOf<Payload>,
    when: When,
    options: ScheduleOptions = {},
  ): Promise<ScheduledTask> {
    const definition = definitionOf(type);
    const task = {
      key: keyOf(type, payload),
      name: definition.name,
      queue: this.queues.routeOf(definition),
      payload: encodePayload(type, payload, this.configuration.maxPayloadBytes),
      payloadVersion: definition.version,
      eta: dueTime(when, this.clock.now()),
    };
    return this.within(options.transaction, async (tx) => {
      const created = await this.ledger.insert(tx, task);
      if (created) return scheduled(this.remind(tx, created), { created: true });
      const existing = await this.locked(tx, task.key);
      if (options.ifOpen !== 'move' || !isOpen(existing) || isSame(existing, task, definition)) {
        return scheduled(existing);
      }
      return scheduled(await this.move(tx, existing, { ...task, payload: task }), { moved: true });
    });
  }

  /**
   * Gives an open task another time; its tries start anew.
   * @throws TaskNotFoundError, TaskStateError when it is settled.
   */
  async reschedule(key: string, when: When, options: { transaction?: Tx } = {}): Promise<ScheduledTask> {
    const eta = dueTime(when, this.clock.now());
    return this.within(options.transaction, async (tx) => {
      const task = await this.locked(tx, key);
      if (!isOpen(task)) throw new TaskStateError(key, task.status, 'a task that is open');
      if (task.eta.equals(eta)) return scheduled(task);
      // The payload stays as it is, of whatever version: nobody has to be able to read it for this.
      return scheduled(await this.move(tx, task, { queue: task.queue, eta }), { moved: true });
    });
  }

  /**
   * Takes an open task back.
   * @returns false when there is none under this key, or it is settled already.
   */
  async cancel(key: string, options: { reason: string; transaction?: Tx }): Promise<boolean> {
    return this.within(options.transaction, async (tx) => {
      const task = await this.ledger.lock(tx, key);
      if (!task || !isOpen(task)) return false;
      await this.ledger.change(tx, task, {
        status: 'cancelled',
        reason: options.reason,
        replacesTimer: true,
        entry: { what: 'cancelled', at: this.clock.now().toString(), reason: options.reason },
      });
      this.timers.remove(tx, task);
      return true;
    });
  }

  /**
   * Has a failed task run again, now, with all its tries.
   * @throws TaskNotFoundError, TaskStateError when it has not failed.
   */
  async replay(key: string, options: { transaction?: Tx } = {}): Promise<ScheduledTask> {
    return this.within(options.transaction, async (tx) => {
      const task = await this.locked(tx, key);
      if (task.status !== 'failed') throw new TaskStateError(key, task.status, 'failed');
      const now = this.clock.now();
      const replayed = await this.ledger.change(tx, task, {
        status: 'scheduled',
        reason: null,
        attempts: 0,
        dueAt: now,
        replacesTimer: true,
        entry: { what: 'replayed', at: now.toString() },
      });
      return scheduled(this.remind(tx, replayed));
    });
  }

  private async move(tx: Tx, task: TaskRecord, { eta, queue, payload }: Move): Promise<TaskRecord> {
    const at = this.clock.now().toString();
    const moved = await this.ledger.change(tx, task, {
      status: 'scheduled',
      reason: null,
      attempts: 0,
      eta,
      dueAt: eta,
      queue,
      payload,
      replacesTimer: true,
      entry: { what: 'moved', at, from: task.eta.toString(), to: eta.toString() },
    });
    this.timers.remove(tx, task);
    return this.remind(tx, moved);
  }

  private async locked(tx: Tx, key: string): Promise<TaskRecord> {
    const task = await this.ledger.lock(tx, key);
    if (!task) throw new TaskNotFoundError(key);
    return task;
  }

  private remind(tx: Tx, task: TaskRecord): TaskRecord {
    this.timers.set(tx, task);
    return task;
  }

  private within<Result>(tx: Tx | undefined, work: (tx: Tx) => Promise<Result>): Promise<Result> {
    return tx ? work(tx) : this.database.transaction(work);
  }
}

/** What becomes different when a task is moved. */
type Move = Pick<TaskChange, 'payload'> & Pick<TaskRecord, 'eta' | 'queue'>;

/** Whether a task that is open already is what is said now. */
function isSame(open: TaskRecord, now: NewTask, versions: PayloadVersions): boolean {
  return open.eta.equals(now.eta) && open.queue === now.queue && isSamePayload(open, now, versions);
}

/** An old payload that means what is said now is no reason to move; one that cannot be read is. */
function isSamePayload(open: TaskRecord, now: NewTask, versions: PayloadVersions): boolean {
  try {
    return isDeepStrictEqual(upcastPayload(versions, open), now.payload);
  } catch (error) {
    if (error instanceof UnreadableTaskError) return false;
    throw error;
  }
}

function scheduled(task: TaskRecord, what: { created?: true; moved?: true } = {}): ScheduledTask {
  const { key, status, dueAt } = task;
  return { key, status, dueAt, created: what.created ?? false, moved: what.moved ?? false };
}
