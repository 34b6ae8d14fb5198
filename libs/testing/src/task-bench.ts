import type { Provider, Type } from '@nestjs/common';
import { Test, type TestingModule } from '@nestjs/testing';
import {
  Clock,
  ConfigurationModule,
  Database,
  type NamedMigration,
  PostgresModule,
  RedisModule,
} from '@budget-buddy/platform';
import { taskMigrations, TaskLedger, TasksConfiguration, TaskScheduler, TasksModule } from '@budget-buddy/tasks';
import type { Temporal } from 'temporal-polyfill';
import { DueTasks } from './due-tasks';
import { isolate } from './isolate';
import { VirtualClock } from './virtual-clock';

/** What a {@link TaskBench} is made of. */
export interface TaskBenchOptions {
  tasks: readonly Type<object>[];
  /** The handlers, and whatever they need injected. */
  providers: readonly Provider[];
  /** Beyond the ledger's own. */
  migrations?: readonly NamedMigration[];
  /**
   * Where the virtual clock starts: ISO 8601 with an offset, or an instant. Default 2100, for in Redis what lies before
   * the real present fires at once (and is then put off by the runner).
   */
  now?: Temporal.Instant | string;
}

/**
 * A worker with a virtual clock, to test a task on the way it really takes: its payload through the ledger and back,
 * its timer in Redis, its handler through Nest, its effect in PostgreSQL.
 */
export class TaskBench {
  private constructor(
    private readonly app: TestingModule,
    private readonly dropDatabase: () => Promise<void>,
    readonly clock: VirtualClock,
  ) {}

  static async start(options: TaskBenchOptions): Promise<TaskBench> {
    const clock = new VirtualClock(options.now ?? '2100-01-01T00:00:00Z');
    const own = await isolate([...taskMigrations, ...(options.migrations ?? [])]);
    const app = await Test.createTestingModule({
      imports: [
        ConfigurationModule.forRoot(TasksConfiguration),
        PostgresModule.forRoot(),
        RedisModule,
        TasksModule.forWorker(options.tasks),
      ],
      providers: [...options.providers, DueTasks],
    })
      .overrideProvider(Clock)
      .useValue(clock)
      .compile();
    await app.init();
    return new TaskBench(app, own.drop, clock);
  }

  get scheduler(): TaskScheduler {
    return this.app.get(TaskScheduler);
  }

  get ledger(): TaskLedger {
    return this.app.get(TaskLedger);
  }

  get due(): DueTasks {
    return this.app.get(DueTasks);
  }

  get database(): Database {
    return this.app.get(Database);
  }

  /** Any other provider of the worker. */
  get<T>(type: Type<T>): T {
    return this.app.get(type, { strict: false });
  }

  async close(): Promise<void> {
    await this.app.close();
    await this.dropDatabase();
  }
}
