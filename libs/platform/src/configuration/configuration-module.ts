import { type DynamicModule, Module, type Provider } from '@nestjs/common';
import { HttpConfiguration } from '../app/http-configuration';
import { LoggingConfiguration } from '../logging/logging-configuration';
import { PlatformModule } from '../platform-module';
import { PostgresConfiguration } from '../postgres/postgres-configuration';
import { RabbitConfiguration } from '../rabbit/rabbit-configuration';
import { RedisConfiguration } from '../redis/redis-configuration';
import { ShutdownConfiguration } from '../shutdown/shutdown-configuration';
import { describeVariables } from './describe-variables';
import { Configuration, loadConfiguration } from './load-configuration';
import type { Section } from './section';
import { warnOfMisspelt } from './warn-of-misspelt';

/** The sections every app has. */
export const platformSections: readonly Section[] = [
  PostgresConfiguration,
  RedisConfiguration,
  RabbitConfiguration,
  HttpConfiguration,
  LoggingConfiguration,
  ShutdownConfiguration,
];

/**
 * Makes the sections of an app injectable everywhere, under their classes. An app imports it once, with all
 * sections of all libs it uses, so that every mistake in the environment is told at once.
 */
@Module({})
export class ConfigurationModule {
  /** @param sections beyond {@link platformSections}, which are always included. */
  static forRoot(...sections: Section[]): DynamicModule {
    const all = [...new Set([...platformSections, ...sections])];
    const providers: Provider[] = [
      {
        provide: Configuration,
        useFactory: () => {
          warnOfMisspelt(describeVariables(all).map(({ name }) => name));
          return loadConfiguration(all);
        },
      },
      ...all.map((section) => ({
        provide: section,
        useFactory: (configuration: Configuration) => configuration.get(section),
        inject: [Configuration],
      })),
    ];
    return {
      module: ConfigurationModule,
      global: true,
      imports: [PlatformModule],
      providers,
      exports: [Configuration, ...all],
    };
  }
}
