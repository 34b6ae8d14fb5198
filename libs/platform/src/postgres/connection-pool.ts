import type { PostgresPool, PostgresPoolClient, PostgresQueryResult } from 'kysely';
import pg from 'pg';
import { DatabaseUnavailableError } from './database-unavailable-error';
import { isOutage } from './transient-errors';
import { toParameter } from './value-types';

export interface ConnectionPoolOptions {
  /** How long an answer may take, in ms; without it, as long as it takes. */
  answerTimeoutMs?: number;
  /** Told of connections that broke while idle: worth a log line, no more. */
  onBrokenConnection: (error: Error) => void;
}

/**
 * node-postgres' pool as Kysely uses it, with three gaps closed: a connection that breaks while nobody awaits it
 * does not end the process; what failed because of the connection or the server behind it throws
 * {@link DatabaseUnavailableError}; and such a connection is not handed out again, for a late answer may still come on
 * it, or the next one may lead to a server that can do the work.
 */
export class ConnectionPool implements PostgresPool {
  private readonly pool: pg.Pool;
  /** One for each client, for as long: Kysely keeps something of each that it is given. */
  private readonly connections = new WeakMap<pg.PoolClient, Connection>();
  private ended?: Promise<void>;

  constructor(
    config: pg.PoolConfig,
    private readonly options: ConnectionPoolOptions,
  ) {
    this.pool = new pg.Pool({ ...config, pipeline: true });
    this.pool.on('error', options.onBrokenConnection);
    // The pool itself listens to idle clients only: one that breaks between two statements would be uncaught.
    this.pool.on('connect', (client) => client.on('error', () => undefined));
  }

  async connect(): Promise<PostgresPoolClient> {
    const client = await this.pool.connect().catch(rethrowTagged);
    const known = this.connections.get(client);
    if (known) return known;
    const connection = new Connection(client, this.options.answerTimeoutMs);
    this.connections.set(client, connection);
    return connection;
  }

  /** Waits for the connections in use and closes all. May be called twice. */
  end(): Promise<void> {
    this.ended ??= this.pool.end();
    return this.ended;
  }
}

/** As Kysely sends it. */
const BEGIN = 'begin';
/** None of this system's functions writes that is called by a `select`; and locks are gone at once without a transaction. */
const READS = /^\s*select\b/i;

class Connection implements PostgresPoolClient {
  private broken?: Error;
  /** A transaction was begun of which the server does not know yet. */
  private isBeginning = false;

  constructor(
    private readonly client: pg.PoolClient,
    private readonly answerTimeoutMs: number | undefined,
  ) {}

  query<Row>(sql: string, parameters: readonly unknown[]): Promise<PostgresQueryResult<Row>>;
  query(cursor: never): never;
  async query(sql: string, parameters?: readonly unknown[]): Promise<unknown> {
    // A rollback on a connection that is known to be broken would only wait for the next timeout.
    if (this.broken) throw new DatabaseUnavailableError(this.broken);
    try {
      if (sql === BEGIN) return this.begin();
      const values = parameters?.map(toParameter) ?? [];
      return detach(await this.askInTransaction(sql, values), values);
    } catch (error) {
      if (isOutage(error)) this.broken = error;
      return rethrowTagged(error);
    }
  }

  release(): void {
    this.client.release(this.broken);
  }

  /** Nothing is sent before there is something to be done. */
  private begin(): Omit<pg.QueryResult, 'oid' | 'fields'> {
    this.isBeginning = true;
    return { command: 'BEGIN', rowCount: null, rows: [] };
  }

  /** What only reads goes along with the `begin`. What writes must not: were that refused, it would be committed at once. */
  private async askInTransaction(sql: string, values: unknown[]): Promise<pg.QueryResult> {
    if (!this.isBeginning) return this.ask(sql, values);
    this.isBeginning = false;
    const begun = this.ask(BEGIN, []);
    if (!READS.test(sql)) await begun;
    const [, answer] = await Promise.all([begun, this.ask(sql, values)]);
    return answer;
  }

  /** By callback and with a timer of its own: for a promise, and for its own time limit, the driver assigns closures. */
  private ask(sql: string, values: unknown[]): Promise<pg.QueryResult> {
    return new Promise((resolve, reject) => {
      const timer =
        this.answerTimeoutMs && setTimeout(() => reject(new Error('Query read timeout')), this.answerTimeoutMs);
      this.client.query(sql, values, (error: Error | null, result) => {
        clearTimeout(timer);
        if (error) reject(error);
        else resolve(result);
      });
    });
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
