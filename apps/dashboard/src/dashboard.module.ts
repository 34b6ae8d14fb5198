import { ConfigurationModule, HealthModule, LoggingModule, RedisModule } from '@budget-buddy/platform';
import { TasksConfiguration } from '@budget-buddy/tasks';
import { type MiddlewareConsumer, Module, type NestModule } from '@nestjs/common';
import { AccessMiddleware } from './access/access.middleware';
import { Board } from './board/board';
import { BoardQueues } from './board/board-queues';
import { DashboardConfiguration } from './dashboard-configuration';
import { HealthcheckController } from './healthcheck.controller';
import { SecurityHeadersMiddleware } from './security-headers.middleware';

/** What people look at: the service's Bull queues, behind credentials. */
@Module({
  imports: [
    ConfigurationModule.forRoot(DashboardConfiguration, TasksConfiguration),
    LoggingModule,
    RedisModule,
    HealthModule,
  ],
  controllers: [HealthcheckController],
  providers: [Board, BoardQueues],
})
export class DashboardModule implements NestModule {
  configure(consumer: MiddlewareConsumer): void {
    consumer.apply(SecurityHeadersMiddleware, AccessMiddleware).forRoutes('{*path}');
  }
}
