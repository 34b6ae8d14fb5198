import type { PostgresPool, PostgresPoolClient, PostgresQueryResult } from 'kysely';
import pg from 'pg';
import { DatabaseUnavailableError } from './database-unavailable-error';
import { isOutage } from './transient-errors';
import { toParameter } from './value-types';

/**
 * node-postgres' pool as Kysely uses it, with three gaps closed: a connection that breaks while nobody awaits it
 * does not end the process; what failed because of the connection or the server behind it throws
 * {@link DatabaseUnavailableError}; and such a connection is not handed out again, for a late answer may still come on
 * it, or the next one may lead to a server that can do the work.
 */
export class ConnectionPool implements PostgresPool {
  private readonly pool: pg.Pool;
  private ended?: Promise<void>;

  /** @param onBroken told of connections that broke while idle: worth a log line, no more. */
  constructor(config: pg.PoolConfig, onBroken: (error: Error) => void) {
    this.pool = new pg.Pool(config);
    this.pool.on('error', onBroken);
    // The pool itself listens to idle clients only: one that breaks between two statements would be uncaught.
    this.pool.on('connect', (client) => client.on('error', () => undefined));
  }

  async connect(): Promise<PostgresPoolClient> {
    const client = await this.pool.connect().catch(rethrowTagged);
    return new Connection(client);
  }

  /** Waits for the connections in use and closes all. May be called twice. */
  end(): Promise<void> {
    this.ended ??= this.pool.end();
    return this.ended;
  }
}

class Connection implements PostgresPoolClient {
  private broken?: Error;

  constructor(private readonly client: pg.PoolClient) {}

  query<Row>(sql: string, parameters: readonly unknown[]): Promise<PostgresQueryResult<Row>>;
  query(cursor: never): never;
  async query(sql: string, parameters?: readonly unknown[]): Promise<unknown> {
    // A rollback on a connection that is known to be broken would only wait for the next timeout.
    if (this.broken) throw new DatabaseUnavailableError(this.broken);
    const values = parameters?.map(toParameter) ?? [];
    try {
      return detach(await this.client.query(sql, values), values);
    } catch (error) {
      if (isOutage(error)) this.broken = error;
      return rethrowTagged(error);
    }
  }

  release(): void {
    this.client.release(this.broken);
  }
}

/**
 * An answer whose rows the driver does not hold on to, nor what was asked with. It assigns a new closure to each
 * statement, and V8 puts a function that is written as `object.property = () => …` among the old objects at once: all
 * that it leads to stays until the whole heap is collected. On a walk along a million tasks that would be each page that
 * was read.
 */
function detach(result: pg.QueryResult, asked: unknown[]): Omit<pg.QueryResult, 'oid' | 'fields'> {
  const { command, rowCount, rows } = result;
  result.rows = [];
  asked.length = 0;
  return { command, rowCount, rows };
}

function rethrowTagged(error: unknown): never {
  throw isOutage(error) ? new DatabaseUnavailableError(error) : error;
}
