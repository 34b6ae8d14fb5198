import { ConfigurationModule, Database, PostgresModule, RedisModule } from '@budget-buddy/platform';
import { TaskLedger, TasksConfiguration, TaskScheduler, TasksModule, TaskTimers } from '@budget-buddy/tasks';
import type { INestApplicationContext, Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { Temporal } from 'temporal-polyfill';
import { copyTask, takeTemplate, type TaskCopy } from './task-copies';

/** Timers that are being set at a time. */
const TIMERS_AT_ONCE = 200;
const FAR_AWAY = Temporal.Instant.from('2100-01-01T00:00:00Z');

/** The product's producer in this process, which schedules many tasks quicker than one by one. */
export class TaskProducer {
  private constructor(private readonly app: INestApplicationContext) {}

  /** @param providers whatever else of the product is wanted; see {@link get}. */
  static async open(tasks: readonly Type<object>[], providers: readonly Type<object>[] = []): Promise<TaskProducer> {
    const imports = [
      ConfigurationModule.forRoot(TasksConfiguration),
      PostgresModule.forRoot(),
      RedisModule,
      TasksModule.forProducer(tasks),
    ];
    class ProducerModule {}
    const module = { module: ProducerModule, imports, providers: [...providers] };
    return new TaskProducer(await NestFactory.createApplicationContext(module, { logger: ['error', 'warn', 'fatal'] }));
  }

  get<T>(type: Type<T>): T {
    return this.app.get(type, { strict: false });
  }

  /** Has the product schedule a task, and takes its row for a template. Its timer is removed. */
  async template<Payload extends object>(type: Type<Payload>, payload: Payload): Promise<string> {
    const { key } = await this.app.get(TaskScheduler).schedule(type, payload, { eta: FAR_AWAY });
    const task = (await this.app.get(TaskLedger).find(key))!;
    await this.app.get(TaskTimers).remove(task);
    return takeTemplate(this.app.get(Database), task);
  }

  /** Puts copies of the template into the ledger, and sets the timer of each as the product does. */
  async schedule(template: string, copies: readonly TaskCopy[]): Promise<void> {
    await copyTask(this.app.get(Database), template, copies);
    const { name, revision } = JSON.parse(template) as { name: string; revision: number };
    const timers = this.app.get(TaskTimers);
    const waiting = [...copies];
    const setTimers = async (): Promise<void> => {
      for (let copy = waiting.pop(); copy; copy = waiting.pop()) {
        const dueAt = Temporal.Instant.fromEpochMilliseconds(copy.dueAtMs);
        await timers.set({ ...copy, name, revision, dueAt });
      }
    };
    await Promise.all(Array.from({ length: TIMERS_AT_ONCE }, setTimers));
  }

  async close(): Promise<void> {
    await this.app.close();
  }
}
