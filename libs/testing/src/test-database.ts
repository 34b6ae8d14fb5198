import { randomBytes } from 'node:crypto';
import {
  Database,
  loadConfiguration,
  migrate,
  type NamedMigration,
  openDatabase,
  PostgresConfiguration,
} from '@budget-buddy/platform';
import { sql } from 'kysely';

/** A database of its own for one test file. */
export interface TestDatabase {
  /** For a process of its own: `BUDGETBUDDY_POSTGRES_URL`. */
  readonly url: string;
  readonly database: Database;
  /** Closes the pool and drops the database, whoever is still connected. */
  drop(): Promise<void>;
}

/** Creates an empty database beside the configured one, and brings it to the latest of these migrations. */
export async function testDatabase(migrations: readonly NamedMigration[]): Promise<TestDatabase> {
  const configuration = loadConfiguration([PostgresConfiguration]).get(PostgresConfiguration);
  const name = `test_${randomBytes(6).toString('hex')}`;
  await onServer(configuration, sql`create database ${sql.id(name)}`);
  const url = new URL(configuration.url);
  url.pathname = `/${name}`;
  const db = openDatabase({ ...configuration, url: url.toString() }, { applicationName: name });
  await migrate(db, migrations);
  return {
    url: url.toString(),
    database: new Database(db, configuration.poolSize),
    drop: async () => {
      await db.destroy();
      await onServer(configuration, sql`drop database ${sql.id(name)} with (force)`);
    },
  };
}

async function onServer(configuration: PostgresConfiguration, statement: ReturnType<typeof sql>): Promise<void> {
  const server = openDatabase({ ...configuration, poolSize: 1 });
  try {
    await statement.execute(server);
  } finally {
    await server.destroy();
  }
}
