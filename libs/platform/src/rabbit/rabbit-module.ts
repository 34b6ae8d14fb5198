import { type DynamicModule, type FactoryProvider, Module } from '@nestjs/common';
import { AppName } from '../app/app-name';
import { BrokerConnection } from './broker-connection';
import { PatientRabbitMQModule } from './patient-rabbitmq-module';
import { RabbitConfiguration } from './rabbit-configuration';
import { type RabbitOptions, rabbitOptions } from './rabbit-options';

/** What a lib adds to the connection: exchanges, queues, channels, prefetch. */
export type RabbitOptionsFactory = Pick<FactoryProvider<Partial<RabbitOptions>>, 'inject' | 'useFactory'>;

/**
 * golevelup's RabbitMQModule, so configured that the app starts with the broker away, connects by itself and
 * survives any outage. Gives every module the `AmqpConnection`. Needs ConfigurationModule. One app a process: golevelup
 * keeps its connections in a static variable.
 */
@Module({})
export class RabbitModule {
  /** @param options added to (and overriding) the connection's options, e.g. the exchanges and channels of a lib. */
  static forRoot(options: RabbitOptionsFactory = { inject: [], useFactory: () => ({}) }): DynamicModule {
    return {
      module: RabbitModule,
      global: true,
      imports: [
        PatientRabbitMQModule.forRootAsync({
          inject: [RabbitConfiguration, { token: AppName, optional: true }, ...(options.inject ?? [])],
          useFactory: async (configuration: RabbitConfiguration, app: AppName | undefined, ...rest: unknown[]) => ({
            ...rabbitOptions(configuration, app),
            ...(await options.useFactory(...rest)),
          }),
        }),
      ],
      providers: [BrokerConnection],
      exports: [PatientRabbitMQModule],
    };
  }
}
