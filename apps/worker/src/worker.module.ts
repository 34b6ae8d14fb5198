import { schema, tasks } from '@budget-buddy/budgets';
import { DomainEventsModule, EventsConfiguration } from '@budget-buddy/events';
import {
  ConfigurationModule,
  HealthModule,
  LoggingModule,
  PostgresModule,
  RabbitModule,
  RedisModule,
} from '@budget-buddy/platform';
import { TasksConfiguration, TasksModule } from '@budget-buddy/tasks';
import { Module } from '@nestjs/common';
import { BudgetsModule } from './budgets/budgets.module';
import { WorkerConfiguration } from './worker-configuration';

/** Due tasks in, effects and events out. */
@Module({
  imports: [
    ConfigurationModule.forRoot(WorkerConfiguration, EventsConfiguration, TasksConfiguration),
    LoggingModule,
    HealthModule,
    PostgresModule.forRoot({ migrations: schema }),
    RedisModule,
    RabbitModule.forRoot(),
    TasksModule.forWorker(tasks),
    DomainEventsModule.forPublisher(),
    BudgetsModule,
  ],
})
export class WorkerModule {}
