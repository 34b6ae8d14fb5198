import { AppProcess } from '../../apps/app-process';
import { bullState, QUEUE } from '../bull-state';
import { memoryOfTree } from '../memory-of-tree';
import type { Place } from '../place';
import { RUN_LOG_VARIABLE, RunLog, type TaskRun } from '../run-log';
import { budgetIdOf, USER_ID } from '../task-ids';
import type { DueTask, TaskRunning } from '../task-running';
import { NoOp } from './no-op-worker/no-op';
import { expectSuccesses, successes } from './ledger-successes';
import { TaskProducer } from './task-producer';

/** Said by the reconciler. */
const COMPARED = 'all timers were compared with the ledger';
const MAIN = 'tools/bench/ours/no-op-worker/main.js';

/** This system: ledger, timer, runner, in one worker process. */
export class NoOpWorker implements TaskRunning {
  private readonly log = new RunLog();
  private producer?: TaskProducer;
  private template = '';
  private app?: AppProcess;
  private compared?: Promise<void>;
  private handedOver = 0;

  constructor(
    private readonly place: Place,
    private readonly options: { env?: Record<string, string>; nodeArguments?: readonly string[] } = {},
  ) {}

  async start(): Promise<void> {
    const env = { ...this.place.env, [RUN_LOG_VARIABLE]: this.log.path, ...this.options.env };
    let onLine = (_: string): void => undefined;
    this.compared = new Promise((resolve) => (onLine = (line) => line.includes(COMPARED) && resolve()));
    const { nodeArguments } = this.options;
    this.app = AppProcess.spawn('worker', { env, main: MAIN, nodeArguments, onLine: (line) => onLine(line) });
    await this.app.ready();
    if (this.producer) return;
    this.producer = await TaskProducer.open([NoOp]);
    this.template = await this.producer.template(NoOp, payloadOf(0));
  }

  freeze(): void {
    this.app!.signal('SIGSTOP');
  }

  thaw(): void {
    this.app!.signal('SIGCONT');
  }

  async schedule(tasks: readonly DueTask[], queue = QUEUE): Promise<void> {
    const now = Date.now();
    const copies = tasks.map(({ number, dueAtMs = now }) => {
      const payload = payloadOf(number);
      return { key: `no-op-${payload.budgetId}`, payload, dueAtMs, queue };
    });
    await this.producer!.schedule(this.template, copies);
    this.handedOver += tasks.length;
  }

  async pending(): Promise<number> {
    const { delayed, waiting, active } = await bullState(this.place.redis, this.place.prefix);
    return delayed + waiting + active;
  }

  /** The reconciler of a new worker looks at all of them. */
  async taken(): Promise<void> {
    await Promise.race([this.compared, this.app!.exited]);
  }

  done(): Promise<TaskRun[]> {
    return successes(this.place.database);
  }

  async runs(): Promise<TaskRun[]> {
    return this.log.read();
  }

  memoryBytes(): number {
    return memoryOfTree(this.app!.pid);
  }

  async kill(): Promise<void> {
    await this.app!.kill();
  }

  async verify(): Promise<void> {
    await expectSuccesses(this.place.database, this.handedOver);
  }

  async close(): Promise<void> {
    this.app?.signal('SIGCONT');
    await this.app?.stop();
    await this.producer?.close();
    this.log.remove();
  }
}

function payloadOf(number: number): NoOp {
  return { budgetId: budgetIdOf(number), userId: USER_ID };
}
