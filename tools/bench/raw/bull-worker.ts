import type { Queue } from 'bull';
import { bullState, QUEUE } from '../bull-state';
import { memoryOfTree } from '../memory-of-tree';
import type { Place } from '../place';
import { RUN_LOG_VARIABLE, RunLog, type TaskRun } from '../run-log';
import { budgetIdOf } from '../task-ids';
import type { DueTask, TaskRunning } from '../task-running';
import { openBull } from './bull';
import type { BullWorkerSettings } from './parts/bull-worker';
import { RawProcess } from './raw-process';

const CONCURRENCY = 64;
const BULK = 1_000;

/** Bull alone: jobs with their data in Redis, one process. */
export class BullWorker implements TaskRunning {
  private readonly log = new RunLog();
  private process?: RawProcess;
  private readonly queues = new Map<string, Queue>();
  private handedOver = 0;

  /** @param queueNames of the queues it works on. */
  constructor(
    private readonly place: Place,
    private readonly queueNames: readonly string[] = [QUEUE],
  ) {}

  async start(): Promise<void> {
    const settings: BullWorkerSettings = { concurrency: CONCURRENCY, queues: this.queueNames };
    this.process = RawProcess.start('bull-worker', settings, { ...this.place.env, [RUN_LOG_VARIABLE]: this.log.path });
    await this.process.ready();
  }

  freeze(): void {
    this.process!.signal('SIGSTOP');
  }

  thaw(): void {
    this.process!.signal('SIGCONT');
  }

  async schedule(tasks: readonly DueTask[], queueName = this.queueNames[0]!): Promise<void> {
    const queue = this.queueOf(queueName);
    for (let start = 0; start < tasks.length; start += BULK) {
      const now = Date.now();
      const jobs = tasks.slice(start, start + BULK).map(({ number, dueAtMs = 0 }) => ({
        name: 'no_op',
        data: { number },
        // Bull takes its own time for `timestamp` otherwise, and the job would be due that much later.
        opts: { jobId: `no-op-${budgetIdOf(number)}`, timestamp: now, delay: Math.max(0, dueAtMs - now) },
      }));
      const added = await queue.addBulk(jobs);
      if (added.some(({ id }) => id === undefined)) throw new Error('a job of the bulk was not added');
    }
    this.handedOver += tasks.length;
  }

  async taken(): Promise<void> {
    return Promise.resolve();
  }

  async pending(): Promise<number> {
    const { delayed, waiting, active } = await bullState(this.place.redis, this.place.prefix);
    return delayed + waiting + active;
  }

  async done(): Promise<TaskRun[]> {
    return this.log.read();
  }

  async runs(): Promise<TaskRun[]> {
    return this.log.read();
  }

  memoryBytes(): number {
    return memoryOfTree(this.process!.pid);
  }

  async kill(): Promise<void> {
    await this.process!.kill();
  }

  async verify(): Promise<void> {
    if (this.log.count < this.handedOver) throw new Error(`${this.log.count} ran, expected ${this.handedOver}`);
  }

  async close(): Promise<void> {
    await this.process?.kill();
    for (const queue of this.queues.values()) await queue.close();
    this.log.remove();
  }

  private queueOf(name: string): Queue {
    const queue = this.queues.get(name) ?? openBull(name);
    this.queues.set(name, queue);
    return queue;
  }
}
