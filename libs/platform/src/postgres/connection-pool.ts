import type { PostgresPool, PostgresPoolClient, PostgresQueryResult } from 'kysely';
import pg from 'pg';
import { Annotation } from '../annotation';
import { DatabaseUnavailableError } from './database-unavailable-error';
import { type Answer, LateBegin } from './late-begin';
import { PreparedStatements } from './prepared-statements';
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
  private readonly connections = new Annotation<pg.PoolClient, Connection>();
  private readonly prepared = new PreparedStatements();
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
    const known = this.connections.of(client);
    if (known) return known;
    const connection = new Connection(client, this.prepared, this.options.answerTimeoutMs);
    this.connections.add(client, connection);
    return connection;
  }

  /** Waits for the connections in use and closes all. May be called twice. */
  end(): Promise<void> {
    this.ended ??= this.pool.end();
    return this.ended;
  }
}

class Connection implements PostgresPoolClient {
  private broken?: Error;
  private readonly transactions = new LateBegin((sql, values) => this.ask(sql, values));

  constructor(
    private readonly client: pg.PoolClient,
    private readonly prepared: PreparedStatements,
    private readonly answerTimeoutMs: number | undefined,
  ) {}

  query<Row>(sql: string, parameters: readonly unknown[]): Promise<PostgresQueryResult<Row>>;
  query(cursor: never): never;
  async query(sql: string, parameters?: readonly unknown[]): Promise<unknown> {
    // A rollback on a connection that is known to be broken would only wait for the next timeout.
    if (this.broken) throw new DatabaseUnavailableError(this.broken);
    try {
      const values = parameters?.map(toParameter) ?? [];
      return detach(await this.transactions.ask(sql, values), values);
    } catch (error) {
      if (isOutage(error)) this.broken = error;
      return rethrowTagged(error);
    }
  }

  release(): void {
    this.transactions.forget();
    this.client.release(this.broken);
  }

  /**
   * By callback and with a timer of its own. For a promise, and for its own time limit, the driver assigns a closure to each
   * statement, and V8 puts a function that is written as `object.property = () => …` among the old objects at once: all
   * that it leads to stays until the whole heap is collected.
   */
  private ask(sql: string, values: unknown[]): Promise<pg.QueryResult> {
    return new Promise((resolve, reject) => {
      const giveUp = (): void => {
        reject(new Error('Query read timeout'));
        // The driver would end it once all is answered.
        this.client.connection.stream.destroy();
      };
      const timer = this.answerTimeoutMs && setTimeout(giveUp, this.answerTimeoutMs);
      const name = values.length > 0 ? this.prepared.nameOf(sql) : undefined;
      this.client.query({ name, text: sql, values }, (error: Error | null, result) => {
        clearTimeout(timer);
        if (error) reject(error);
        else resolve(result);
      });
    });
  }
}

/**
 * An answer whose rows the driver does not hold on to, nor what was asked with. It does otherwise, for whatever reason,
 * until the whole heap is collected: after a walk along a million tasks a process is larger by a fifth (docs/profiles.md).
 */
function detach(result: Answer, asked: unknown[]): Answer {
  const { command, rowCount, rows } = result;
  result.rows = [];
  asked.length = 0;
  return { command, rowCount, rows };
}

function rethrowTagged(error: unknown): never {
  throw isOutage(error) ? new DatabaseUnavailableError(error) : error;
}
