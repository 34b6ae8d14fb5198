import { type DynamicModule, Logger, Module, type OnApplicationShutdown } from '@nestjs/common';
import { type NamedMigration } from '../migrations/named-migration';
import { Database } from './database';
import { openDatabase } from './open-database';
import { PostgresConfiguration } from './postgres-configuration';

/** Gives every module the one {@link Database} of the process. Needs ConfigurationModule. */
@Module({})
export class PostgresModule implements OnApplicationShutdown {
  constructor(private readonly database: Database) {}

  /** @param options.migrations all that must have been run before the app may start; none by default. */
  static forRoot(_options: { migrations?: readonly NamedMigration[] } = {}): DynamicModule {
    return {
      module: PostgresModule,
      global: true,
      providers: [
        {
          provide: Database,
          inject: [PostgresConfiguration],
          useFactory: (configuration: PostgresConfiguration) =>
            new Database(openDatabase(configuration, { onBrokenConnection })),
        },
      ],
      exports: [Database],
    };
  }

  async onApplicationShutdown(): Promise<void> {
    await this.database.db.destroy();
  }
}

function onBrokenConnection(error: Error): void {
  new Logger(PostgresModule.name).warn(`An idle connection to PostgreSQL was lost: ${error.message}`);
}
