import { schema } from '@budget-buddy/budgets';
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
import { NoOp } from './no-op';
import { NoOpHandler } from './no-op.handler';

/** `apps/worker` with another task: everything else is as it is there. */
@Module({
  imports: [
    ConfigurationModule.forRoot(EventsConfiguration, TasksConfiguration),
    LoggingModule,
    HealthModule,
    PostgresModule.forRoot({ migrations: schema }),
    RedisModule,
    RabbitModule.forRoot(),
    TasksModule.forWorker([NoOp]),
    DomainEventsModule.forPublisher(),
  ],
  providers: [NoOpHandler],
})
export class NoOpWorkerModule {}
