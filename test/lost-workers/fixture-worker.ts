import 'reflect-metadata';
import { setTimeout as delay } from 'node:timers/promises';
import {
  ConfigurationModule,
  HealthModule,
  LoggingModule,
  PostgresModule,
  RedisModule,
  startApp,
  type Tx,
} from '@budget-buddy/platform';
import { HandlesTask, type TaskContext, type TaskHandler, TasksConfiguration, TasksModule } from '@budget-buddy/tasks';
import { Injectable, Logger, Module } from '@nestjs/common';
import { sql } from 'kysely';
import { Wait } from './wait-task';

@Injectable()
@HandlesTask(Wait)
class WaitHandler implements TaskHandler<Wait> {
  async handle({ ms }: Wait, { key, transaction }: TaskContext): Promise<void> {
    await write(transaction, key, 'begun');
    new Logger('WaitHandler').log(`at work on ${key}`);
    await delay(ms);
    await write(transaction, key, 'done');
  }
}

async function write(tx: Tx, key: string, what: string): Promise<void> {
  await sql`insert into effect (key, what, pid) values (${key}, ${what}, ${process.pid})`.execute(tx);
}

@Module({
  imports: [
    ConfigurationModule.forRoot(TasksConfiguration),
    LoggingModule,
    HealthModule,
    PostgresModule.forRoot(),
    RedisModule,
    TasksModule.forWorker([Wait]),
  ],
  providers: [WaitHandler],
})
class FixtureModule {}

void startApp(FixtureModule, { name: 'worker', port: () => 0 });
