import 'reflect-metadata';
import { parseArgs } from 'node:util';
import { tasks } from '@budget-buddy/budgets';
import {
  ConfigurationModule,
  Database,
  describeError,
  LoggingModule,
  PostgresModule,
  RedisModule,
} from '@budget-buddy/platform';
import { TaskQueues, TasksConfiguration, TaskScheduler, TasksModule } from '@budget-buddy/tasks';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { explain } from './tasks/explain';
import { failedTasks } from './tasks/failed-tasks';
import { UsageError } from './usage-error';

const USAGE = `What became of a task, and what to do about it. Works on the servers that BUDGETBUDDY_*_URL name.

  npm run tasks -- show <budget id or task key>       everything that is known of it, and of what followed from it
  npm run tasks -- failed                             the tasks that have failed for good
  npm run tasks -- replay <task key>                  has a failed task run again, now, with all its tries
  npm run tasks -- cancel <task key> --reason <text>  takes back a task that is open
  npm run tasks -- resume <queue>                     has the workers take up a queue again that somebody paused
`;

@Module({
  imports: [
    ConfigurationModule.forRoot(TasksConfiguration),
    LoggingModule,
    PostgresModule.forRoot(),
    RedisModule,
    TasksModule.forProducer(tasks),
  ],
})
class TasksToolModule {}

type Services = { readonly database: Database; readonly scheduler: TaskScheduler; readonly queues: TaskQueues };
type Command = (services: Services, subject: string, reason?: string) => Promise<string>;

const COMMANDS: Record<string, Command> = {
  show: ({ database }, subject) => explain(database, subject),
  failed: ({ database }) => failedTasks(database),
  replay: async ({ scheduler }, key) => {
    await scheduler.replay(key);
    return `${key} will run again now`;
  },
  cancel: async ({ scheduler }, key, reason) => {
    if (!reason) throw new UsageError('cancel needs --reason: it is what people will read about this task');
    const cancelled = await scheduler.cancel(key, { reason });
    return cancelled ? `${key} is cancelled` : `${key} is not open, nothing was changed`;
  },
  resume: async ({ queues }, name) => {
    const queue = queues.all.find((each) => each.name === name);
    if (!queue) throw new UsageError(`queue ${name}: there are ${queues.all.map((each) => each.name).join(', ')}`);
    await queue.resume();
    return `${name} goes on`;
  },
};

async function main(): Promise<void> {
  const options = { reason: { type: 'string' }, help: { type: 'boolean', short: 'h' } } as const;
  const { values, positionals } = parseArgs({ options, allowPositionals: true });
  const [name = '', subject = ''] = positionals;
  if (values.help) return print(USAGE);
  const command = COMMANDS[name];
  if (!command || (name !== 'failed' && !subject)) throw UsageError.noSuchCall(positionals, USAGE);
  const app = await NestFactory.createApplicationContext(TasksToolModule, {
    logger: ['error', 'warn'],
    abortOnError: false,
  });
  try {
    const services = { database: app.get(Database), scheduler: app.get(TaskScheduler), queues: app.get(TaskQueues) };
    print(`${await command(services, subject, values.reason)}\n`);
  } finally {
    await app.close();
  }
}

function print(text: string): void {
  process.stdout.write(text);
}

main().then(
  () => process.exit(0),
  (error: unknown) => {
    process.stderr.write(`${describeError(error)}\n`);
    process.exit(1);
  },
);
