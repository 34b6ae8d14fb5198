import { setTimeout as delay } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import type { Kysely } from 'kysely';
import { DatabaseUnavailableError } from '../postgres/database-unavailable-error';
import type { Tables } from '../postgres/tables';
import { isCertificateError } from '../tls/certificate-error';
import { listMigrations } from './migrate';
import type { NamedMigration } from './named-migration';
import { SchemaOutOfDateError } from './schema-out-of-date-error';

/** PostgreSQL holds the truth: without it there is nothing to start for. An orchestrator will start the app again. */
const WAIT_FOR_POSTGRES_MS = 30_000;
const BETWEEN_ATTEMPTS_MS = 1_000;

/**
 * Lets an app start only on a database that has all its migrations; one that has more (a newer version is being
 * rolled out) is accepted. Waits for a while for a server that is itself just starting.
 * @throws SchemaOutOfDateError
 * @throws DatabaseUnavailableError
 */
export async function requireSchema(
  db: Kysely<Tables>,
  migrations: readonly NamedMigration[],
  waitMs = WAIT_FOR_POSTGRES_MS,
): Promise<void> {
  const logger = new Logger('PostgresModule');
  const startedMs = performance.now();
  for (let attempt = 1; ; attempt++) {
    try {
      const pending = (await listMigrations(db, migrations)).filter(({ executedAt }) => executedAt === undefined);
      if (pending.length > 0) throw new SchemaOutOfDateError(pending.map(({ name }) => name));
      return;
    } catch (error) {
      const waitedMs = performance.now() - startedMs;
      const maySoonAnswer = error instanceof DatabaseUnavailableError && !isCertificateError(error.cause);
      if (!maySoonAnswer || waitedMs >= waitMs) throw error;
      if (attempt === 1) logger.warn(`${error.message}; waiting for it up to ${waitMs / 1000} s`);
      await delay(BETWEEN_ATTEMPTS_MS);
    }
  }
}
