import { Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import type { Job, Queue } from 'bull';
import { errorLine, PostgresConfiguration, Shutdown } from '@budget-buddy/platform';
import { TasksConfiguration } from '../tasks-configuration';
import { TaskQueues } from '../timers/task-queues';
import { InvalidTimerError, readTimerReference } from '../timers/timer-reference';
import { TimerAgain, tellBull, TimerDone } from './follow-ledger';
import { TaskRunner } from './task-runner';
import { UnknownTaskError } from '../task/unknown-task-error';
import { giveBackUnbegun } from './unbegun-jobs';

/** How long a task that this build does not know waits for one that does, in ms. */
const UNKNOWN_TASK_DELAY_MS = 30_000;

/** Reconciler, outbox relay, readiness. */
const OTHER_CONNECTIONS = 4;

/** Takes the timers that fire, queue by queue, and stops doing so in good order. */
@Injectable()
export class TaskWorker implements OnApplicationBootstrap {
  private readonly logger = new Logger(TaskWorker.name);
  private readonly troubles = new Set<string>();

  constructor(
    private readonly queues: TaskQueues,
    private readonly runner: TaskRunner,
    private readonly configuration: TasksConfiguration,
    private readonly postgres: PostgresConfiguration,
    shutdown: Shutdown,
  ) {
    shutdown.on('stop-intake', 'task queues', () => this.stopIntake());
    shutdown.on('finish-work', 'running tasks', () => this.finishWork());
  }

  onApplicationBootstrap(): void {
    this.warnOfSmallPool();
    for (const queue of this.queues.all) this.work(queue);
  }

  /** Each running task holds a connection; one that gets none in time looks as if PostgreSQL were away. */
  private warnOfSmallPool(): void {
    const needed = this.configuration.concurrency * this.queues.all.length + OTHER_CONNECTIONS;
    const { poolSize } = this.postgres;
    if (poolSize >= needed) return;
    this.logger.warn(`BUDGETBUDDY_POSTGRES_POOL_SIZE is ${poolSize}, expected at least ${needed} for this concurrency`);
  }

  private work(queue: Queue): void {
    queue.on('error', (error) => this.logOnce(queue, error));
    // One processor for all names: Bull adds up the concurrency of named ones.
    queue
      .process('*', this.configuration.concurrency, (job) => this.fire(job))
      .catch((error: unknown) => this.logger.error({ queue: queue.name, error: errorLine(error) }, 'queue stopped'));
    this.logger.log({ queue: queue.name, concurrency: this.configuration.concurrency }, 'working on queue');
  }

  private async fire(job: Job<unknown>): Promise<object> {
    try {
      return tellBull(await this.runner.run(readTimerReference(job.data)));
    } catch (error) {
      throw this.explained(job, error);
    }
  }

  private explained(job: Job<unknown>, error: unknown): unknown {
    const about = { queue: job.queue.name, job: job.id, task: job.name, error: errorLine(error) };
    if (error instanceof TimerAgain || error instanceof TimerDone) return error;
    if (error instanceof InvalidTimerError) {
      this.logger.error(about, 'a job that is no timer of ours was put aside');
      return new TimerDone(error.message);
    }
    if (error instanceof UnknownTaskError) {
      this.logger.error(about, 'left for a build that knows this task');
      return new TimerAgain(error.message, UNKNOWN_TASK_DELAY_MS);
    }
    this.logger.warn(about, 'task could not be run now, its retries are not used up');
    return error;
  }

  private async stopIntake(): Promise<void> {
    // `true, true`: this process only, and cut the blocking read short.
    await Promise.all(this.queues.all.map((queue) => queue.pause(true, true)));
  }

  private async finishWork(): Promise<void> {
    await Promise.all(
      this.queues.all.map((queue) => queue.whenCurrentJobsFinished().then(() => giveBackUnbegun(queue))),
    );
  }

  /** Bull reports the same trouble many times a second while Redis is away. */
  private logOnce(queue: Queue, error: Error): void {
    const trouble = `${queue.name}: ${errorLine(error)}`;
    if (this.troubles.has(trouble)) return;
    this.troubles.add(trouble);
    queue.client.once('ready', () => this.troubles.delete(trouble));
    this.logger.warn({ queue: queue.name, error: errorLine(error) }, 'queue has trouble with Redis');
  }
}
