import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { Redis } from 'ioredis';
import type { Job } from 'bull';
import { Clock, endsWithin } from '@budget-buddy/platform';
import type { TaskRecord } from '../ledger/task-record';
import { addJob, type JobTime } from './add-job';
import { removeTimer } from './remove-timer';
import { TaskQueues } from './task-queues';
import { TimerHorizon } from './timer-horizon';
import { timerId, type TimerReference } from './timer-reference';

/** Redis did not take a timer in time. The ledger row stands; the reconciler sets the timer later. */
export class TimersUnavailableError extends Error {
  override readonly name = 'TimersUnavailableError';
}

/** How long Redis may take to accept a timer before the caller goes on without, in ms. */
const PATIENCE_MS = 2000;

type Timed = Pick<TaskRecord, 'key' | 'revision' | 'name' | 'queue' | 'dueAt'>;

/** Delayed Bull jobs, one for each open task: they remind, and know nothing. */
@Injectable()
export class TaskTimers implements OnModuleInit {
  constructor(
    private readonly queues: TaskQueues,
    private readonly horizon: TimerHorizon,
    private readonly clock: Clock,
  ) {}

  /** Waits for Redis, but not long: without it the app works as well, but for its timers. */
  async onModuleInit(): Promise<void> {
    await endsWithin(PATIENCE_MS, Promise.all(this.queues.all.map(({ client }) => connected(client))));
  }

  /**
   * Sets a task's timer. Doing so twice sets one. A task that is due beyond the horizon is left to the reconciler.
   * @throws TimersUnavailableError when Redis is away.
   */
  async set(task: Timed): Promise<void> {
    if (!this.horizon.includes(task.dueAt)) return;
    const queue = this.queues.named(task.queue, task.name);
    const reference: TimerReference = { key: task.key, revision: task.revision };
    await withPatience(async () => {
      if (queue.client.status !== 'ready') throw new TimersUnavailableError('Redis is not connected');
      await addJob(queue, task.name, reference, this.timeOf(task));
    });
  }

  /** Takes back the timer of a task that was moved or cancelled. One that a worker has taken stays, and finds nothing to do. */
  async remove(task: Timed): Promise<void> {
    await withPatience(() => this.forget(task));
  }

  /** The job behind a task's timer, if there is one. */
  async find(task: Timed): Promise<Job | null> {
    return this.queues.named(task.queue, task.name).getJob(timerId(task));
  }

  /**
   * Removes what is left of a timer, so that it can be set again: its job, or its place among the waiting ones when the
   * job's own data is gone. One that a worker is running stays.
   */
  async forget(task: Timed): Promise<void> {
    await removeTimer(this.queues.named(task.queue, task.name), timerId(task));
  }

  private timeOf(task: Timed): JobTime {
    const now = this.clock.now().epochMilliseconds;
    return {
      jobId: timerId(task),
      // Bull takes its own time for `timestamp` otherwise, and the job would be due that much later.
      timestamp: now,
      delay: Math.max(0, task.dueAt.epochMilliseconds - now),
    };
  }
}

async function withPatience(work: () => Promise<void>): Promise<void> {
  if (await endsWithin(PATIENCE_MS, work())) return;
  throw new TimersUnavailableError(`Redis did not answer in ${PATIENCE_MS} ms`);
}

async function connected(client: Redis): Promise<void> {
  // While Redis is away there are errors before it is ready: `once` would reject with the first of them.
  if (client.status !== 'ready') await new Promise<void>((resolve) => client.once('ready', () => resolve()));
}
