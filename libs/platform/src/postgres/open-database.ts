import { Kysely, PostgresDialect } from 'kysely';
import { ConnectionPool } from './connection-pool';
import type { PostgresConfiguration } from './postgres-configuration';
import type { Tables } from './tables';
import { valueTypes } from './value-types';

const CONNECT_TIMEOUT_MS = 5_000;
const LOCK_TIMEOUT_MS = 10_000;
/** Ends the transactions of a process that is frozen or cut off, so that their locks do not outlive it by much. */
const IDLE_IN_TRANSACTION_TIMEOUT_MS = 10 * 60_000;
/** The server's own timeout should come first: it leaves the connection usable. */
const CLIENT_GRACE_MS = 2_000;

/** What {@link openDatabase} needs to know beyond the configuration. */
export interface OpenDatabaseOptions {
  /** As seen in pg_stat_activity. */
  applicationName?: string;
  onBrokenConnection?: (error: Error) => void;
}

/** Opens a pool, lazily: the first query connects. Close it with `destroy()`. */
export function openDatabase(
  configuration: Pick<PostgresConfiguration, 'url' | 'poolSize' | 'statementTimeout'>,
  { applicationName = 'budget-buddy', onBrokenConnection = () => undefined }: OpenDatabaseOptions = {},
): Kysely<Tables> {
  const statementTimeoutMs = configuration.statementTimeout.total('milliseconds');
  const pool = new ConnectionPool(
    {
      connectionString: configuration.url,
      max: configuration.poolSize,
      application_name: applicationName,
      connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
      statement_timeout: statementTimeoutMs,
      query_timeout: statementTimeoutMs === 0 ? undefined : statementTimeoutMs + CLIENT_GRACE_MS,
      lock_timeout: LOCK_TIMEOUT_MS,
      idle_in_transaction_session_timeout: IDLE_IN_TRANSACTION_TIMEOUT_MS,
      keepAlive: true,
      // The parsers read ISO dates, whatever the database's or the role's defaults are.
      options: '-c DateStyle=ISO -c TimeZone=UTC',
      types: valueTypes,
    },
    onBrokenConnection,
  );
  return new Kysely<Tables>({ dialect: new PostgresDialect({ pool }) });
}
