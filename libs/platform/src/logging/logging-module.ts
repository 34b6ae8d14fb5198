import { Global, Inject, type MiddlewareConsumer, Module, type NestModule } from '@nestjs/common';
import { LoggerModule, type Params, PARAMS_PROVIDER_TOKEN } from 'nestjs-pino';
import type { DestinationStream } from 'pino';
import { type Options, pinoHttp } from 'pino-http';
import { AppName } from '../app/app-name';
import { AppLogger } from './app-logger';
import { LoggingConfiguration } from './logging-configuration';
import { pinoParameters } from './pino-parameters';

/** Nest's loggers write through pino: one JSON object a line, or coloured lines for people. Needs ConfigurationModule. */
@Global()
@Module({
  imports: [
    LoggerModule.forRootAsync({
      inject: [LoggingConfiguration, { token: AppName, optional: true }],
      // nestjs-pino would give each request a logger of its own, by an AsyncLocalStorage: nobody here asks for it, and from
      // the first request on (a probe) every await of the process would take three times as long.
      useFactory: (configuration: LoggingConfiguration, app?: AppName): Params => ({
        pinoHttp: pinoParameters(configuration, app?.value),
        forRoutes: [],
      }),
    }),
  ],
  providers: [AppLogger],
})
export class LoggingModule implements NestModule {
  constructor(@Inject(PARAMS_PROVIDER_TOKEN) private readonly parameters: Params) {}

  configure(consumer: MiddlewareConsumer): void {
    consumer.apply(pinoHttp(...(this.parameters.pinoHttp as [Options, DestinationStream]))).forRoutes('{*path}');
  }
}
