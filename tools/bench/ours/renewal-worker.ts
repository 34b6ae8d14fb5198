import { BudgetCreated, BudgetRecorder, BudgetRepository, RenewBudget } from '@budget-buddy/budgets';
import { decodeEvent } from '@budget-buddy/events';
import { sql } from 'kysely';
import { AppProcess } from '../../apps/app-process';
import { budgetCreated, datesFarAway } from '../budget-created';
import { bullState } from '../bull-state';
import { memoryOfTree } from '../memory-of-tree';
import type { Place } from '../place';
import type { TaskRun } from '../run-log';
import { budgetIdOf, USER_ID } from '../task-ids';
import type { DueTask, TaskRunning } from '../task-running';
import { until } from '../until';
import { copyBudget, takeBudget } from './budget-copies';
import { expectSuccesses, successes } from './ledger-successes';
import { TaskProducer } from './task-producer';

const PATIENCE_MS = 60_000;
/** No other budget has this number. */
const TEMPLATE = 2 ** 40;

/** This system with its real worker and its real task: budgets are renewed, and their events published. */
export class RenewalWorker implements TaskRunning {
  private producer?: TaskProducer;
  private taskTemplate = '';
  private budgetTemplate = '';
  private app?: AppProcess;
  private queue = '';
  private handedOver = 0;

  constructor(
    private readonly place: Place,
    private readonly options: { nodeArguments?: readonly string[] } = {},
  ) {}

  async start(): Promise<void> {
    this.app = AppProcess.spawn('worker', { env: this.place.env, ...this.options });
    await this.app.ready();
    if (this.producer) return;
    // Somebody must listen to BudgetRenewed; nobody takes them out, so that nobody is measured beside the worker.
    this.queue = await this.place.declareQueue('renewed', {}, 'BudgetRenewed');
    this.producer = await TaskProducer.open([RenewBudget], [BudgetRecorder, BudgetRepository]);
    this.taskTemplate = await this.producer.template(RenewBudget, payloadOf(TEMPLATE));
    const event = decodeEvent(BudgetCreated, budgetCreated(TEMPLATE, datesFarAway()));
    await this.place.database.transaction((tx) => this.producer!.get(BudgetRecorder).created(tx, event));
    this.budgetTemplate = await takeBudget(this.place.database, event.budgetId);
  }

  freeze(): void {
    this.app!.signal('SIGSTOP');
  }

  thaw(): void {
    this.app!.signal('SIGCONT');
  }

  async schedule(tasks: readonly DueTask[]): Promise<void> {
    const now = Date.now();
    const payloads = tasks.map(({ number }) => payloadOf(number));
    await copyBudget(
      this.place.database,
      this.budgetTemplate,
      payloads.map(({ budgetId }) => budgetId),
    );
    const copies = tasks.map(({ dueAtMs = now }, index) => {
      const payload = payloads[index]!;
      return { key: RenewBudget.keyFor(payload.budgetId), payload, dueAtMs };
    });
    await this.producer!.schedule(this.taskTemplate, copies);
    this.handedOver += tasks.length;
  }

  async taken(): Promise<void> {
    return Promise.resolve();
  }

  async pending(): Promise<number> {
    const { delayed, waiting, active } = await bullState(this.place.redis, this.place.prefix);
    return delayed + waiting + active;
  }

  done(): Promise<TaskRun[]> {
    return successes(this.place.database);
  }

  runs(): Promise<TaskRun[]> {
    return this.done();
  }

  memoryBytes(): number {
    return memoryOfTree(this.app!.pid);
  }

  async kill(): Promise<void> {
    await this.app!.kill();
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
    this.app?.signal('SIGCONT');
    await this.app?.stop();
    await this.producer?.close();
  }
}

function payloadOf(number: number): RenewBudget {
  return { budgetId: budgetIdOf(number), userId: USER_ID };
}
