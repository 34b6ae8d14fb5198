import { Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import type { Job, Queue } from 'bull';
import { Clock, errorLine, oneLine, PostgresConfiguration, Shutdown } from '@budget-buddy/platform';
import { RepeatedLines } from '../repeated-lines';
import { TasksConfiguration } from '../tasks-configuration';
import { WorkerPreflight } from '../preflight/worker-preflight';
import { CLAIM_AHEAD_MS, dueAtMs, MOST_WAIT_MS, untilSoon } from '../timers/look-ahead';
import { TaskQueues } from '../timers/task-queues';
import { InvalidTimerError, readTimerReference, type TimerReference } from '../timers/timer-reference';
import { TimerAgain, tellBull, TimerDone } from './follow-ledger';
import { leanJobs } from './lean-jobs';
import { nameConnectionAtLeisure } from './name-connection';
import { QueueTroubles } from './queue-troubles';
import { type RunReport, TaskRunner } from './task-runner';
import { type Fired, TaskTransactions } from './task-transactions';
import { giveBackUnbegun } from './unbegun-jobs';

/** Takes the timers that fire, queue by queue, once all stored payloads were read, and stops doing so in good order. */
@Injectable()
export class TaskWorker implements OnApplicationBootstrap {
  private readonly logger = new Logger(TaskWorker.name);
  private readonly lines = new RepeatedLines();

  constructor(
    private readonly queues: TaskQueues,
    private readonly runner: TaskRunner,
    private readonly clock: Clock,
    private readonly transactions: TaskTransactions,
    private readonly configuration: TasksConfiguration,
    private readonly postgres: PostgresConfiguration,
    private readonly preflight: WorkerPreflight,
    private readonly shutdown: Shutdown,
  ) {
    shutdown.on('stop-intake', 'task queues', () => this.stopIntake());
    shutdown.on('finish-work', 'running tasks', () => this.finishWork());
  }

  onApplicationBootstrap(): void {
    this.warnOfSmallPool();
    for (const queue of this.queues.all) this.listen(queue);
    void this.begin();
  }

  private listen(queue: Queue): void {
    const troubles = new QueueTroubles(queue);
    queue.on('error', (error) => {
      if (!troubles.isNews(error)) return;
      this.logger.warn({ queue: queue.name, error: errorLine(error) }, 'queue has trouble with Redis');
    });
  }

  /** The app is up meanwhile, and says that it is not ready. */
  private async begin(): Promise<void> {
    if (!(await this.preflight.passed()) || this.shutdown.hasBegun) return;
    for (const queue of this.queues.worked) this.work(queue);
  }

  /** A task that gets no connection in time looks as if PostgreSQL were away. */
  private warnOfSmallPool(): void {
    const { connectionsNeeded } = this.transactions;
    const { poolSize } = this.postgres;
    if (poolSize >= connectionsNeeded) return;
    const queues = this.queues.worked.length;
    this.logger.warn(
      `BUDGETBUDDY_POSTGRES_POOL_SIZE is ${poolSize}, expected at least ${connectionsNeeded} for ${queues} queues`,
    );
  }

  private work(queue: Queue): void {
    nameConnectionAtLeisure(queue);
    leanJobs(queue);
    // One processor for all names: Bull adds up the concurrency of named ones.
    queue
      .process('*', this.configuration.concurrency, (job) => this.fire(job))
      .catch((error: unknown) => this.logger.error({ queue: queue.name, error: errorLine(error) }, 'queue stopped'));
    this.logger.log({ queue: queue.name, concurrency: this.configuration.concurrency }, 'working on queue');
  }

  private get horizonMs(): number {
    return this.configuration.timerHorizon?.total('milliseconds') ?? Number.POSITIVE_INFINITY;
  }

  private async fire(job: Job<unknown>): Promise<object> {
    try {
      return tellBull(await this.runWhenDue(job), this.horizonMs);
    } catch (error) {
      throw this.explained(job, error);
    }
  }

  private async runWhenDue(job: Job<unknown>): Promise<RunReport> {
    const timer = readTimerReference(job.data);
    const fired = { name: job.name, queue: job.queue.name };
    const report = await this.runAt(dueAtMs(job), timer, fired);
    // Put off since it was set: the ledger alone knows until when.
    if (report.status !== 'not-yet' || report.delayMs > MOST_WAIT_MS) return report;
    return this.runAt(this.clock.now().epochMilliseconds + report.delayMs, timer, fired);
  }

  private async runAt(epochMs: number, timer: TimerReference, fired: Fired): Promise<RunReport> {
    await untilSoon(epochMs - CLAIM_AHEAD_MS, this.clock);
    if (!this.transactions.mayBeginAhead(fired)) await untilSoon(epochMs, this.clock);
    return this.runner.run(timer, fired);
  }

  private explained(job: Job<unknown>, error: unknown): unknown {
    const [id, name] = [oneLine(String(job.id)), oneLine(job.name)];
    const about = { queue: job.queue.name, job: id, task: name, error: errorLine(error) };
    if (error instanceof TimerAgain || error instanceof TimerDone) return error;
    if (error instanceof InvalidTimerError) {
      this.logger.error(about, 'a job that is no timer of ours was put aside');
      // Whoever put it there may also have said to try it for ever.
      void job.discard();
      return new TimerDone(error.message);
    }
    this.tellNow(about);
    return error;
  }

  private tellNow(about: { readonly queue: string; readonly error: string }): void {
    this.lines.say(`${about.queue}: ${about.error}`, (more) =>
      this.logger.warn({ ...about, ...more }, 'task could not be run now, its retries are not used up'),
    );
  }

  private async stopIntake(): Promise<void> {
    // `true, true`: this process only, and cut the blocking read short, which would fetch again what is given back.
    await Promise.all(this.queues.worked.map((queue) => queue.pause(true, true))).finally(() =>
      this.transactions.finish(),
    );
  }

  private async finishWork(): Promise<void> {
    await Promise.all(
      this.queues.worked.map((queue) => queue.whenCurrentJobsFinished().then(() => giveBackUnbegun(queue))),
    );
  }
}
