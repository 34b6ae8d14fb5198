import { Global, Module } from '@nestjs/common';
import { AppName } from '../app/app-name';
import { Readiness } from '../health/readiness';
import { RedisConfiguration } from './redis-configuration';
import { RedisConnections } from './redis-connections';

/** Gives every module the {@link RedisConnections}. Needs ConfigurationModule. */
@Global()
@Module({
  providers: [
    {
      provide: RedisConnections,
      inject: [RedisConfiguration, { token: AppName, optional: true }],
      useFactory: (configuration: RedisConfiguration, app?: AppName) => new RedisConnections(configuration, app),
    },
  ],
  exports: [RedisConnections],
})
export class RedisModule {
  constructor(connections: RedisConnections, readiness: Readiness) {
    readiness.register('redis', () => connections.ping());
  }
}
