import 'reflect-metadata';
import { Module } from '@nestjs/common';
import {
  ConfigurationModule,
  HealthModule,
  LoggingModule,
  PostgresModule,
  RabbitModule,
  RedisModule,
  Shutdown,
  startApp,
} from '@budget-buddy/platform';

const never = () => new Promise<void>(() => undefined);

@Module({
  imports: [
    ConfigurationModule.forRoot(),
    LoggingModule,
    HealthModule,
    ...(process.env['FIXTURE_SERVERS'] === 'none'
      ? []
      : [PostgresModule.forRoot(), RedisModule, RabbitModule.forRoot()]),
  ],
})
class FixtureModule {
  constructor(shutdown: Shutdown) {
    shutdown.on('stop-intake', 'consumers', async () => undefined);
    shutdown.on('finish-work', 'quick task', () => new Promise((resolve) => setTimeout(resolve, 100)));
    if (process.env['FIXTURE_HANGS'] === 'true') shutdown.on('finish-work', 'endless task', never);
    if (process.env['FIXTURE_FAILS'] === 'true') {
      shutdown.on('flush', 'outbox', () => Promise.reject(new Error('the outbox is stuck')));
    }
    if (process.env['FIXTURE_REJECTS'] === 'true') setTimeout(() => void Promise.reject(new Error('nobody waits')), 50);
  }
}

void startApp(FixtureModule, { name: 'worker', port: () => Number(process.env['FIXTURE_PORT'] ?? 0) });
