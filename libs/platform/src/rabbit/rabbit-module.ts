import { type DynamicModule, Module } from '@nestjs/common';
import { AppName } from '../app/app-name';
import { BrokerConnection } from './broker-connection';
import { PatientRabbitMQModule } from './patient-rabbitmq-module';
import { RabbitConfiguration } from './rabbit-configuration';
import { rabbitOptions } from './rabbit-options';

/**
 * golevelup's RabbitMQModule, so configured that the app starts with the broker away, connects by itself and
 * survives any outage. Gives every module the `AmqpConnection`. Needs ConfigurationModule. One app a process: golevelup
 * keeps its connections in a static variable.
 */
@Module({})
export class RabbitModule {
  static forRoot(): DynamicModule {
    return {
      module: RabbitModule,
      global: true,
      imports: [
        PatientRabbitMQModule.forRootAsync({
          inject: [RabbitConfiguration, { token: AppName, optional: true }],
          useFactory: rabbitOptions,
        }),
      ],
      providers: [BrokerConnection],
      exports: [PatientRabbitMQModule],
    };
  }
}
