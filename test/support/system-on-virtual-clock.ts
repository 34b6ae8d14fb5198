import { RenewalConfiguration, RenewBudget, schema, tasks } from '@budget-buddy/budgets';
import { DomainEventsModule, EventsConfiguration, OutboxRetention } from '@budget-buddy/events';
import {
  Clock,
  ConfigurationModule,
  Database,
  PostgresModule,
  RabbitModule,
  RedisModule,
} from '@budget-buddy/platform';
import {
  TaskLedger,
  type TaskRecord,
  TaskRetention,
  TasksConfiguration,
  TaskScheduler,
  TasksModule,
  TimerReconciliation,
} from '@budget-buddy/tasks';
import { DueTasks, isolate, TestBroker, VirtualClock, waitFor } from '@budget-buddy/testing';
import { Test, type TestingModule } from '@nestjs/testing';
import { sql } from 'kysely';
import { BudgetsModule as WhenModule } from '../../apps/scheduler/src/budgets/budgets.module';
import { BudgetsModule as WhatModule } from '../../apps/worker/src/budgets/budgets.module';
import type { Wire } from './budget-events';
import { type PublishedEvent, published } from './published-events';

/** What was published later is handled later. */
const ONE_AT_A_TIME = { BUDGETBUDDY_RABBITMQ_PREFETCH: '1' };

/**
 * Scheduler and worker in one app (golevelup allows one a process) on real servers, with a clock that a test moves: an
 * event goes over RabbitMQ to the subscriber, its task through ledger and timer to the handler, and the event of that
 * through outbox and RabbitMQ to the subscriber again.
 */
export class SystemOnVirtualClock {
  private constructor(
    private readonly app: TestingModule,
    private readonly broker: TestBroker,
    private readonly dropDatabase: () => Promise<void>,
    private readonly messages: Awaited<ReturnType<TestBroker['collect']>>,
    readonly clock: VirtualClock,
  ) {}

  /** @param now where the clock starts: ISO 8601 with an offset. */
  static async start(now: string): Promise<SystemOnVirtualClock> {
    const clock = new VirtualClock(now);
    const broker = await TestBroker.open();
    const own = await isolate(schema);
    Object.assign(process.env, broker.environment, ONE_AT_A_TIME);
    const app = await Test.createTestingModule({
      imports: [
        ConfigurationModule.forRoot(EventsConfiguration, TasksConfiguration, RenewalConfiguration),
        PostgresModule.forRoot({ migrations: schema }),
        RedisModule,
        RabbitModule.forRoot(),
        TasksModule.forWorker(tasks),
        DomainEventsModule.forSubscriber(),
        WhenModule,
        WhatModule,
      ],
      providers: [DueTasks],
    })
      .overrideProvider(Clock)
      .useValue(clock)
      .compile();
    await app.init();
    const messages = await broker.collect('BudgetRenewed');
    return new SystemOnVirtualClock(app, broker, () => own.drop(), messages, clock);
  }

  /** Publishes as another service would. */
  async publish(event: string, body: Wire): Promise<void> {
    const routed = async () => (await this.broker.client.publish(event, body)).routed;
    await waitFor(routed, { description: `a queue to be bound for ${event}` });
  }

  /** Every BudgetRenewed that went over the broker so far, in order. */
  get renewals(): PublishedEvent[] {
    return published(this.messages);
  }

  /** The renewal of a budget, as the ledger has it. */
  async renewal({ budget_id }: Wire): Promise<TaskRecord | undefined> {
    return this.app.get(TaskLedger).find(RenewBudget.keyFor(budget_id));
  }

  /** Waits until a budget's renewal is as `condition` says. */
  async renewalIs(condition: (task: TaskRecord) => boolean, budget: Wire): Promise<TaskRecord> {
    const arrived = async () => {
      const task = await this.renewal(budget);
      return task && condition(task) ? task : undefined;
    };
    return waitFor(arrived, { description: `the renewal of ${budget.budget_id} to be so: ${String(condition)}` });
  }

  /** Moves time on to the next task that is due, or will be once its event has come by, and lets it run. */
  async runNext(): Promise<TaskRecord> {
    return waitFor(() => this.app.get(DueTasks).runNext(), { description: 'a task to be scheduled' });
  }

  get database(): Database {
    return this.app.get(Database);
  }

  /** Schedules the renewal of a budget whatever is known of it, and sets its timer also where Bull has an old one. */
  async scheduleRenewal({ budget_id: budgetId, user_id }: Wire): Promise<void> {
    const payload = { budgetId, userId: user_id as string };
    await this.app.get(TaskScheduler).schedule(RenewBudget, payload, { countdown: 'PT1H' });
    await this.reconcile();
  }

  /** Compares all timers with the ledger. */
  async reconcile(): Promise<void> {
    await this.app.get(TimerReconciliation).run('all');
  }

  /** Has everything leave that is old enough by now. */
  async forgetOld(): Promise<void> {
    for (const table of ['events.retention', 'tasks.retention']) {
      const due = sql`update ${sql.table(table)} set held_until = now() where holder is null returning only_row`;
      await waitFor(async () => (await due.execute(this.database.db)).rows.length, {
        description: `${table} to be free`,
      });
    }
    await this.app.get(TaskRetention).pass();
    await this.app.get(OutboxRetention).pass();
  }

  async close(): Promise<void> {
    await this.app.close();
    await this.dropDatabase();
    await this.broker.drop();
  }
}
