import { type DynamicModule, Logger, Module, type OnApplicationShutdown } from '@nestjs/common';
import { sql } from 'kysely';
import { AppName, connectionName } from '../app/app-name';
import { endsWithin } from '../ends-within';
import { Readiness } from '../health/readiness';
import type { NamedMigration } from '../migrations/named-migration';
import { requireSchema } from '../migrations/require-schema';
import { Database } from './database';
import { openDatabase } from './open-database';
import { PostgresConfiguration } from './postgres-configuration';

const CLOSE_TIMEOUT_MS = 3_000;

/** Fails as a write would on a server that takes none, so that the connection to it is given up as well. */
const requireWritable = sql`do $$ begin
  if current_setting('transaction_read_only') = 'on' then
    raise read_only_sql_transaction using message = 'it is read-only (a standby, or default_transaction_read_only is on)';
  end if;
end $$`;

/** What {@link PostgresModule.forRoot} takes. */
export interface PostgresModuleOptions {
  /** All that must have been run before the app may start; none by default. */
  migrations?: readonly NamedMigration[];
}

/** Gives every module the one {@link Database} of the process. Needs ConfigurationModule. */
@Module({})
export class PostgresModule implements OnApplicationShutdown {
  constructor(
    private readonly database: Database,
    readiness: Readiness,
  ) {
    readiness.register('postgres', async () => {
      await requireWritable.execute(database.db);
    });
  }

  /**
   * With migrations given, the app waits for PostgreSQL for a while and refuses to start on a database that lacks any.
   * Without, nothing is asked of PostgreSQL before the first query.
   */
  static forRoot({ migrations = [] }: PostgresModuleOptions = {}): DynamicModule {
    return {
      module: PostgresModule,
      global: true,
      providers: [
        {
          provide: Database,
          inject: [PostgresConfiguration, { token: AppName, optional: true }],
          useFactory: async (configuration: PostgresConfiguration, app?: AppName) => {
            const db = openDatabase(configuration, { applicationName: connectionName(app), onBrokenConnection });
            if (migrations.length > 0) await requireSchema(db, migrations);
            return new Database(db, configuration.poolSize);
          },
        },
      ],
      exports: [Database],
    };
  }

  async onApplicationShutdown(): Promise<void> {
    // A frozen server would be waited for: all work is done by now, and the process is about to end anyway.
    await endsWithin(CLOSE_TIMEOUT_MS, this.database.db.destroy());
  }
}

function onBrokenConnection(error: Error): void {
  new Logger(PostgresModule.name).warn(`An idle connection to PostgreSQL was lost: ${error.message}`);
}
