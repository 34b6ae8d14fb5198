import { Module } from '@nestjs/common';
import { LoggerModule } from 'nestjs-pino';
import { AppName } from '../app/app-name';
import { AppLogger } from './app-logger';
import { LoggingConfiguration } from './logging-configuration';
import { pinoParameters } from './pino-parameters';

/** Nest's loggers write through pino: one JSON object a line, or coloured lines for people. Needs ConfigurationModule. */
@Module({
  imports: [
    LoggerModule.forRootAsync({
      inject: [LoggingConfiguration, { token: AppName, optional: true }],
      useFactory: (configuration: LoggingConfiguration, app?: AppName) => pinoParameters(configuration, app?.value),
    }),
  ],
  providers: [AppLogger],
})
export class LoggingModule {}
