import { connect } from 'amqplib';
import Redis from 'ioredis';
import { Client } from 'pg';
import { inTime } from './in-time';
import type { ServerKind } from './server';

/** How long a server may take for one step of its answer, in ms. */
const TIMEOUT_MS = 5_000;

/** Asks a server of our own who it is: what it says tells our server from another one that came to listen on the same port. */
export const identify: Record<ServerKind, (url: string) => Promise<string>> = {
  rabbitmq: (url) => inTime(nameOfRabbitCluster(url)),
  postgres: (url) => inTime(dataFolderOfPostgres(url)),
  redis: (url) => inTime(processOfRedis(url)),
};

async function nameOfRabbitCluster(url: string): Promise<string> {
  // `//` at the end is how our URLs name the vhost `/`.
  const connection = await connect(url.replace(/\/\/$/, '/%2F'), { timeout: TIMEOUT_MS });
  connection.on('error', () => {});
  const properties = connection.connection.serverProperties as unknown as Record<string, unknown>;
  await connection.close();
  return String(properties['cluster_name']);
}

async function dataFolderOfPostgres(url: string): Promise<string> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: TIMEOUT_MS, query_timeout: TIMEOUT_MS });
  client.on('error', () => {});
  try {
    await client.connect();
    // Not every role may know the folder.
    const { rows } = await client.query<{ folder: string | null }>(
      `SELECT (SELECT setting FROM pg_settings WHERE name = 'data_directory') AS folder`,
    );
    return String(rows[0]?.folder);
  } finally {
    // Not awaited: of a connection that broke in between, the end may never be reported.
    void client.end().catch(() => {});
  }
}

async function processOfRedis(url: string): Promise<string> {
  const redis = new Redis(url, {
    lazyConnect: true,
    retryStrategy: null,
    connectTimeout: TIMEOUT_MS,
    commandTimeout: TIMEOUT_MS,
  });
  let failure: Error | undefined;
  redis.on('error', (error: Error) => (failure = error));
  try {
    await redis.connect();
    return /process_id:(\d+)/.exec(await redis.info('server'))?.[1] ?? '';
  } catch (error) {
    // Without its own error ioredis says no more than "Connection is closed".
    throw failure ?? error;
  } finally {
    redis.disconnect();
  }
}
