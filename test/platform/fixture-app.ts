import 'reflect-metadata';
import { RabbitSubscribe } from '@golevelup/nestjs-rabbitmq';
import { Injectable, Logger, Module } from '@nestjs/common';
import {
  ConfigurationModule,
  HealthModule,
  LoggingModule,
  PostgresModule,
  RabbitModule,
  RedisModule,
  Shutdown,
  startApp,
  StartupError,
} from '@budget-buddy/platform';

/** What a test wants of the app: `FIXTURE=servers,hangs`. */
const wanted = new Set((process.env['FIXTURE'] ?? '').split(','));
const queue = process.env['FIXTURE_QUEUE'] ?? 'fixture';
const never = () => new Promise<void>(() => undefined);
const soon = () => new Promise<void>((resolve) => setTimeout(resolve, 100));

@Injectable()
class Subscriber {
  @RabbitSubscribe({ queue, queueOptions: { durable: false, autoDelete: true } })
  receive(message: unknown): void {
    new Logger('Subscriber').log(`Received ${JSON.stringify(message)}`);
  }
}

/** More than a pipe holds, in numbered lines. */
function chatter(): void {
  const logger = new Logger('Chatter');
  const lines = Number(process.env['FIXTURE_LINES']);
  for (let line = 1; line <= lines; line++) logger.warn(`line ${line} ${'.'.repeat(1000)}`);
}

class MisfitError extends StartupError {
  override readonly name = 'MisfitError';
}

@Module({
  imports: [
    ConfigurationModule.forRoot(),
    LoggingModule,
    HealthModule,
    ...(wanted.has('servers') ? [PostgresModule.forRoot(), RedisModule, RabbitModule.forRoot()] : []),
  ],
  providers: wanted.has('servers') ? [Subscriber] : [],
})
class FixtureModule {
  constructor(shutdown: Shutdown) {
    if (wanted.has('misfit')) throw new MisfitError('the task "mend_shoe" has no handler');
    shutdown.on('flush', 'outbox', () =>
      wanted.has('fails') ? Promise.reject(new Error('the outbox is stuck')) : soon(),
    );
    shutdown.on('finish-work', 'quick task', soon);
    shutdown.on('stop-intake', 'consumers', soon);
    if (wanted.has('hangs')) shutdown.on('finish-work', 'endless task', never);
    if (wanted.has('chatters')) setTimeout(chatter, 50);
    if (wanted.has('rejects')) setTimeout(() => void Promise.reject(new Error('nobody awaits this')), 50);
  }
}

void startApp(FixtureModule, { name: 'worker', port: () => Number(process.env['FIXTURE_PORT'] ?? 0) });
