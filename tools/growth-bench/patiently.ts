import { loadConfiguration, openDatabase, PostgresConfiguration } from '@budget-buddy/platform';
import type { RawBuilder } from 'kysely';
import { Temporal } from 'temporal-polyfill';

/** Runs a statement that may take longer than the apps allow one to take. @returns how long it took, in ms. */
export async function patiently(statement: RawBuilder<unknown>): Promise<number> {
  const configuration = loadConfiguration([PostgresConfiguration]).get(PostgresConfiguration);
  const db = openDatabase({ ...configuration, poolSize: 1, statementTimeout: Temporal.Duration.from('PT0S') });
  try {
    const startMs = performance.now();
    await statement.execute(db);
    return performance.now() - startMs;
  } finally {
    await db.destroy();
  }
}
