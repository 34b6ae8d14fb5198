import { sql } from 'kysely';
import { AppGroup } from '../../apps/app-group';
import type { AppProcess, AppProcessOptions } from '../../apps/app-process';
import { bullState } from '../bull-state';
import { memoryOfTree } from '../memory-of-tree';
import type { Place } from '../place';
import type { TaskRun } from '../run-log';
import type { DueTask, TaskRunning } from '../task-running';
import { until } from '../until';
import { expectSuccesses, successes } from './ledger-successes';
import { RenewalProducer } from './renewal-producer';

const PATIENCE_MS = 60_000;
/** A worker reads all that waits before it is ready. */
const READY_MS = 300_000;

/** What {@link RenewalWorker} may be told. */
interface RenewalWorkerOptions extends Pick<AppProcessOptions, 'nodeArguments' | 'onLine'> {
  /** How many worker processes there are; one without. */
  processes?: number;
  /** Tasks that others have scheduled for a time far away, and that are none of what is handed over. */
  others?: number;
  /** Otherwise it opens its own. Closed with it. */
  producer?: RenewalProducer;
}

/** This system with its real worker and its real task: budgets are renewed, and their events published. */
export class RenewalWorker implements TaskRunning {
  private producer?: RenewalProducer;
  private group?: AppGroup;
  private queue = '';
  private handedOver = 0;

  constructor(
    private readonly place: Place,
    private readonly options: RenewalWorkerOptions = {},
  ) {}

  async start(): Promise<void> {
    const { nodeArguments, onLine, processes = 1 } = this.options;
    const names = Array.from({ length: processes }, () => 'worker' as const);
    this.group = await AppGroup.start(names, { env: this.place.env, nodeArguments, onLine, timeoutMs: READY_MS });
    if (this.queue) return;
    // Somebody must listen to BudgetRenewed; nobody takes them out, so that nobody is measured beside the worker.
    this.queue = await this.place.declareQueue('renewed', {}, 'BudgetRenewed');
    this.producer = this.options.producer ?? (await RenewalProducer.open(this.place));
  }

  /** All its processes. */
  get apps(): readonly AppProcess[] {
    return this.group?.apps ?? [];
  }

  freeze(): void {
    this.signal('SIGSTOP');
  }

  thaw(): void {
    this.signal('SIGCONT');
  }

  async schedule(tasks: readonly DueTask[]): Promise<void> {
    await this.producer!.schedule(tasks);
    this.handedOver += tasks.length;
  }

  async taken(): Promise<void> {
    return Promise.resolve();
  }

  async pending(): Promise<number> {
    const { delayed, waiting, active } = await bullState(this.place.redis, this.place.prefix);
    return delayed + waiting + active - (this.options.others ?? 0);
  }

  /** A relay that stands still in the middle of a batch loses its transaction, and publishes it once more. */
  async settled(): Promise<void> {
    await this.lastPublishedMs();
  }

  done(): Promise<TaskRun[]> {
    return successes(this.place.database);
  }

  runs(): Promise<TaskRun[]> {
    return this.done();
  }

  memoryBytes(): number {
    return this.apps.reduce((sum, { pid }) => sum + memoryOfTree(pid), 0);
  }

  async kill(): Promise<void> {
    await this.group!.kill();
  }

  /** One success, one successor and one event in the listener's queue for each. */
  async verify(): Promise<void> {
    await this.lastPublishedMs();
    await expectSuccesses(this.place.database, this.handedOver);
    const { rows } = await sql<{ successors: number; events: number }>`
      select (select count(distinct renewal_of) from budgets.budget)::int as successors,
        (select count(distinct message_id) from events.outbox)::int as events`.execute(this.place.database.db);
    const found = { ...rows[0]!, heard: await this.place.waitingIn(this.queue) };
    if (Object.values(found).some((count) => count !== this.handedOver)) {
      throw new Error(`renewals: found ${JSON.stringify(found)}, expected ${this.handedOver} of each`);
    }
  }

  /** Waits until all events are published. @returns when the last one was, in ms since 1970. */
  async lastPublishedMs(): Promise<number> {
    const { db } = this.place.database;
    const waiting = async () => {
      const { rows } = await sql<{ waiting: number }>`
        select count(*)::int as waiting from events.outbox where published_at is null`.execute(db);
      return rows[0]!.waiting;
    };
    await until(0, waiting, { what: 'events to be published', patienceMs: PATIENCE_MS, everyMs: 100 });
    const { rows } = await sql<{ ms: number }>`
      select (extract(epoch from max(published_at)) * 1000)::float8 as ms from events.outbox`.execute(db);
    return rows[0]!.ms;
  }

  async close(): Promise<void> {
    this.signal('SIGCONT');
    await this.group?.stop();
    await this.producer?.close();
  }

  private signal(signal: NodeJS.Signals): void {
    for (const app of this.apps) app.signal(signal);
  }
}
