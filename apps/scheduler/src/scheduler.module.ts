import { RenewalConfiguration, schema, tasks } from '@budget-buddy/budgets';
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
import { SchedulerConfiguration } from './scheduler-configuration';

/** Domain events in, tasks out. */
@Module({
  imports: [
    ConfigurationModule.forRoot(SchedulerConfiguration, EventsConfiguration, TasksConfiguration, RenewalConfiguration),
    LoggingModule,
    HealthModule,
    PostgresModule.forRoot({ migrations: schema }),
    RedisModule,
    RabbitModule.forRoot(),
    TasksModule.forProducer(tasks),
    DomainEventsModule.forSubscriber(),
    BudgetsModule,
  ],
})
export class SchedulerModule {}
