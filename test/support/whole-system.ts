import { randomBytes } from 'node:crypto';
import { RenewBudget, schema } from '@budget-buddy/budgets';
import { SystemClock } from '@budget-buddy/platform';
import { TaskLedger, type TaskRecord, type TaskStatus } from '@budget-buddy/tasks';
import { removeKeys, TestBroker, testDatabase, type TestDatabase, waitFor } from '@budget-buddy/testing';
import type { Options } from 'amqplib';
import { Temporal } from 'temporal-polyfill';
import { AppProcess } from '../../tools/apps/app-process';
import type { Wire } from './budget-events';

type Environment = Readonly<Record<string, string>>;

/** Renewals are due when the period ends, so that a test says when by the end date alone. */
const NO_LEAD_TIME: Environment = { BUDGETBUDDY_RENEWAL_LEAD_TIME: 'PT0S' };

/** The built apps as processes of their own, as in production, with names of their own on the servers. */
export class WholeSystem {
  private readonly apps: AppProcess[] = [];
  readonly ledger: TaskLedger;

  private constructor(
    readonly broker: TestBroker,
    private readonly own: TestDatabase,
    private readonly redisPrefix: string,
    private readonly settings: Environment,
  ) {
    this.ledger = new TaskLedger(own.database, new SystemClock());
  }

  /** Makes up the names; starts no app. @param settings of all apps. */
  static async prepare(settings: Environment = {}): Promise<WholeSystem> {
    const prefix = `test-${randomBytes(6).toString('hex')}`;
    return new WholeSystem(await TestBroker.open(), await testDatabase(schema), prefix, settings);
  }

  /** What has any process be a part of this system. */
  get env(): Environment {
    return {
      BUDGETBUDDY_POSTGRES_URL: this.own.url,
      BUDGETBUDDY_REDIS_PREFIX: this.redisPrefix,
      BUDGETBUDDY_SCHEDULER_PORT: '0',
      BUDGETBUDDY_WORKER_PORT: '0',
      ...this.broker.environment,
      ...NO_LEAD_TIME,
      ...this.settings,
    };
  }

  get db(): TestDatabase['database']['db'] {
    return this.own.database.db;
  }

  /** Resolves when the app is ready. @param settings of this process alone. */
  start(name: 'scheduler' | 'worker', settings: Environment = {}): Promise<AppProcess> {
    const app = AppProcess.spawn(name, { env: { ...this.env, ...settings } });
    this.apps.push(app);
    return app.ready();
  }

  /** Publishes as other services do; resolves when the message is in the queue of this one. */
  async publish(event: string, body: unknown, options?: Options.Publish): Promise<void> {
    await waitFor(async () => (await this.broker.client.publish(event, body, options)).routed, {
      description: `a queue to be bound for ${event}`,
    });
  }

  /** The renewal of a budget, as the ledger has it. */
  renewal(budgetId: string): Promise<TaskRecord | undefined> {
    return this.ledger.find(RenewBudget.keyFor(budgetId));
  }

  /** Waits until the renewal of a budget has come to this. */
  async renewalIs(status: TaskStatus, { budget_id }: Wire, timeoutMs = 30_000): Promise<TaskRecord> {
    const arrived = async () => {
      const task = await this.renewal(budget_id);
      return task?.status === status ? task : undefined;
    };
    return waitFor(arrived, { timeoutMs, description: `the renewal of ${budget_id} to be ${status}` });
  }

  /** The budgets that renew this one: the database allows one. */
  async successorsOf({ budget_id }: Wire): Promise<string[]> {
    const rows = await this.db.selectFrom('budgets.budget').select('id').where('renewal_of', '=', budget_id).execute();
    return rows.map(({ id }) => id);
  }

  /** How many tasks there are in each state. */
  async taskCounts(): Promise<Partial<Record<TaskStatus, number>>> {
    const rows = await this.db
      .selectFrom('tasks.task')
      .select(({ fn }) => ['status', fn.countAll<string>().as('count')])
      .groupBy('status')
      .execute();
    return Object.fromEntries(rows.map(({ status, count }) => [status, Number(count)]));
  }

  /** Ends whatever still runs, and takes all its names off the servers. */
  async end(): Promise<void> {
    await Promise.all(this.apps.map((app) => app.kill()));
    await this.broker.drop(this.retryDelaysMs);
    await this.own.drop();
    await removeKeys(this.redisPrefix);
  }

  /** The names of the retry queues hold them. */
  private get retryDelaysMs(): number[] | undefined {
    const delays = this.settings['BUDGETBUDDY_EVENT_RETRY_DELAYS']?.split(',');
    return delays?.map((delay) => Temporal.Duration.from(delay).total('milliseconds'));
  }
}
