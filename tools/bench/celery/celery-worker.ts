import { randomUUID } from 'node:crypto';
import type { LineProcess } from '../line-process';
import { memoryOfTree } from '../memory-of-tree';
import type { Place } from '../place';
import { RUN_LOG_VARIABLE, RunLog, type TaskRun } from '../run-log';
import type { DueTask, TaskRunning } from '../task-running';
import { until } from '../until';
import { startPython } from './celery-program';

const CONCURRENCY = '2';
const TAKING_PATIENCE_MS = 30_000;

/** The old way: a Celery worker with as many processes as the machine has cores, as the old module ran it. */
export class CeleryWorker implements TaskRunning {
  private readonly log = new RunLog();
  private worker?: LineProcess;
  private producer?: LineProcess;
  private queue = '';
  private handedOver = 0;

  /** @param options.takesAll without a limit to its prefetch. */
  constructor(
    private readonly place: Place,
    private readonly options: { takesAll?: boolean } = {},
  ) {}

  async start(): Promise<void> {
    this.queue ||= await this.place.declareQueue('celery');
    const arguments_ = ['-m', 'celery', '-A', 'bench_tasks', 'worker', '-P', 'prefork', '-c', CONCURRENCY];
    this.worker = startPython([...arguments_, '-Q', this.queue, '-l', 'WARNING'], this.env);
    this.producer ??= startPython(['bench_producer.py'], this.env);
    await Promise.all([this.worker.says('READY'), this.producer.says('READY')]);
  }

  freeze(): void {
    this.worker!.signal('SIGSTOP');
  }

  thaw(): void {
    this.worker!.signal('SIGCONT');
  }

  async schedule(tasks: readonly DueTask[]): Promise<void> {
    const id = randomUUID();
    const order = { id, tasks: tasks.map(({ number, dueAtMs }) => [number, dueAtMs ?? null]) };
    await this.producer!.ask(JSON.stringify(order), `DONE ${id}`);
    this.handedOver += tasks.length;
  }

  /** A worker takes tasks with an eta out of the queue, all of them, however many. */
  async taken(): Promise<void> {
    await until(0, () => this.place.waitingIn(this.queue), {
      what: 'tasks that the Celery worker has not taken',
      patienceMs: TAKING_PATIENCE_MS,
    });
  }

  async pending(): Promise<number> {
    return this.handedOver - this.log.count;
  }

  async done(): Promise<TaskRun[]> {
    return this.log.read();
  }

  async runs(): Promise<TaskRun[]> {
    return this.log.read();
  }

  memoryBytes(): number {
    return memoryOfTree(this.worker!.pid);
  }

  async kill(): Promise<void> {
    await this.worker!.kill();
  }

  /** It keeps no record. */
  async verify(): Promise<void> {
    return Promise.resolve();
  }

  async close(): Promise<void> {
    await this.worker?.kill();
    await this.producer?.kill();
    this.log.remove();
  }

  private get env(): Record<string, string> {
    return {
      BENCH_BROKER_URL: this.place.broker.url,
      BENCH_QUEUE: this.queue,
      ...(this.options.takesAll && { BENCH_PREFETCH_MULTIPLIER: '0' }),
      [RUN_LOG_VARIABLE]: this.log.path,
    };
  }
}
