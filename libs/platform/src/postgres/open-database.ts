import { Kysely, PostgresDialect } from 'kysely';
import { ConnectionPool } from './connection-pool';
import type { PostgresConfiguration } from './postgres-configuration';
import { postgresLocation } from './postgres-url';
import type { Tables } from './tables';
import type { TlsFiles } from '../tls/tls-files';
import { valueTypes } from './value-types';

const CONNECT_TIMEOUT_MS = 5_000;
/** Of those that were opened so many stay open: opening one takes longer than most of what is done with it. */
const WARM_CONNECTIONS = 6;
/** Below the default of the statement timeout: who waits for a lock has lost against another, and not failed. */
const LOCK_TIMEOUT_MS = 5_000;
/**
 * Has the server find out within 11 s that a client is out of reach, and end its transaction: otherwise its locks stay
 * until the time for idle transactions is over.
 */
const KEEPALIVE = {
  tcp_keepalives_idle: 5,
  tcp_keepalives_interval: 2,
  tcp_keepalives_count: 3,
  tcp_user_timeout: 11_000,
};
/**
 * A prepared statement keeps the plan that was best when it was prepared, maybe on tables that were nearly empty. There is an
 * index for whatever is asked of large ones, so that is the plan whatever their size; and none is worth compiling.
 */
const PLANS_FOR_ANY_SIZE = { enable_seqscan: 'off', jit: 'off' };
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
  configuration: Pick<PostgresConfiguration, 'url' | 'poolSize' | 'statementTimeout' | 'idleTransactionTimeout'> &
    TlsFiles,
  { applicationName = 'budget-buddy', onBrokenConnection = () => undefined }: OpenDatabaseOptions = {},
): Kysely<Tables> {
  const statementTimeoutMs = configuration.statementTimeout.total('milliseconds');
  const pool = new ConnectionPool(
    {
      ...postgresLocation(configuration.url, configuration),
      max: configuration.poolSize,
      min: WARM_CONNECTIONS,
      application_name: applicationName,
      connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
      statement_timeout: statementTimeoutMs,
      lock_timeout: LOCK_TIMEOUT_MS,
      idle_in_transaction_session_timeout: configuration.idleTransactionTimeout.total('milliseconds'),
      keepAlive: true,
      // The parsers read ISO dates, whatever the database's or the role's defaults are.
      options: asOptions({ DateStyle: 'ISO', TimeZone: 'UTC', ...KEEPALIVE, ...PLANS_FOR_ANY_SIZE }),
      types: valueTypes,
    },
    {
      answerTimeoutMs: statementTimeoutMs === 0 ? undefined : statementTimeoutMs + CLIENT_GRACE_MS,
      onBrokenConnection,
    },
  );
  return new Kysely<Tables>({ dialect: new PostgresDialect({ pool }) });
}

function asOptions(settings: Readonly<Record<string, string | number>>): string {
  return Object.entries(settings)
    .map(([name, value]) => `-c ${name}=${value}`)
    .join(' ');
}
