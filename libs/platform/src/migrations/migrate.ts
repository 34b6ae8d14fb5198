import { type Kysely, type MigrationInfo, Migrator, NO_MIGRATIONS } from 'kysely';
import type { NamedMigration } from './named-migration';

/** One migration that was run, and which way. */
export interface MigrationStep {
  name: string;
  direction: 'forward' | 'back';
}

/** A migration failed; the database is as it was before (all steps are one transaction). */
export class MigrationFailedError extends Error {
  override readonly name = 'MigrationFailedError';

  constructor(
    readonly migration: string | undefined,
    override readonly cause: unknown,
  ) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    super(`${migration ? `Migration ${migration}` : 'Migrating'} failed, nothing was changed: ${reason}`);
  }
}

/**
 * Brings the schema forward or back: to the latest, to none, or to just after the migration of that name.
 * Several may run at once: Kysely's advisory lock lets one at a time through, the others find nothing to do.
 * @returns the steps that were run, in their order.
 * @throws MigrationFailedError
 */
export async function migrate<Schema>(
  db: Kysely<Schema>,
  migrations: readonly NamedMigration[],
  to: string = 'latest',
): Promise<MigrationStep[]> {
  const migrator = migratorFor(db, migrations);
  const target = to === 'none' ? NO_MIGRATIONS : to;
  const { error, results = [] } = await (to === 'latest' ? migrator.migrateToLatest() : migrator.migrateTo(target));
  if (error) throw new MigrationFailedError(results.find(({ status }) => status === 'Error')?.migrationName, error);
  return results.map((result) => ({
    name: result.migrationName,
    direction: result.direction === 'Up' ? 'forward' : 'back',
  }));
}

/** All migrations in their order; `executedAt` is undefined for those that were not run yet. */
export function listMigrations<Schema>(
  db: Kysely<Schema>,
  migrations: readonly NamedMigration[],
): Promise<readonly MigrationInfo[]> {
  return migratorFor(db, migrations).getMigrations();
}

function migratorFor<Schema>(db: Kysely<Schema>, migrations: readonly NamedMigration[]): Migrator {
  const byName = Object.fromEntries(migrations.map(({ name, migration }) => [name, migration]));
  return new Migrator({ db: db as Kysely<unknown>, provider: { getMigrations: async () => byName } });
}
