import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import Redis from 'ioredis';
import { Client } from 'pg';
import { connect } from 'amqplib';
import { waitFor } from '@budget-buddy/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startServers, type Servers } from './index';
import { processesIn, worksIn } from './process-table';

/** RabbitMQ may take its time on a busy machine. */
const TIMEOUT_MS = 120_000;

const BUSY = `SELECT pid FROM pg_stat_activity WHERE state = 'active' AND query LIKE '%generate_series(1,%' AND pid <> pg_backend_pid()`;

describe('private servers', { timeout: TIMEOUT_MS }, () => {
  const said: string[] = [];
  let servers: Servers;
  let others: Servers;

  beforeAll(async () => {
    const start = () => startServers({ env: {}, onProgress: (line) => said.push(line) });
    [servers, others] = await Promise.all([start(), start()]);
  }, TIMEOUT_MS);
  afterAll(async () => {
    await Promise.all([servers?.stop(), others?.stop()]);
  });

  it('of two runs do not meet', async () => {
    await publishTo(servers, 'one');
    await publishTo(others, 'other');
    expect([await countIn(servers, 'one'), await countIn(servers, 'other')]).toEqual([1, 0]);
    expect([await countIn(others, 'one'), await countIn(others, 'other')]).toEqual([0, 1]);
    expect(new Set([...Object.values(servers.env), ...Object.values(others.env)]).size).toBe(6);
  });

  it('are given by the variables that apps and tests read', () => {
    expect(servers.env).toEqual({
      BUDGETBUDDY_RABBITMQ_URL: servers.rabbitmq.url,
      BUDGETBUDDY_POSTGRES_URL: servers.postgres.url,
      BUDGETBUDDY_REDIS_URL: servers.redis.url,
    });
  });

  it('say what happened and how long it took', () => {
    expect(said).toContainEqual(expect.stringMatching(/^starting \S+rabbitmq-server, \S+postgres, \S+redis-server/));
    for (const title of ['RabbitMQ', 'PostgreSQL', 'Redis']) {
      expect(said).toContainEqual(
        expect.stringMatching(`^${title} answers on 127\\.0\\.0\\.1:\\d+ after \\d+\\.\\d s$`),
      );
    }
    expect(said).toContainEqual(expect.stringMatching(/^servers ready after \d+\.\d s$/));
  });

  it('are set up as in production', async () => {
    const settings = await query(servers, `SELECT name, setting FROM pg_settings`);
    expect(Object.fromEntries(settings.map(({ name, setting }) => [name, setting]))).toMatchObject({
      fsync: 'on',
      synchronous_commit: 'on',
      max_connections: '300',
      server_encoding: 'UTF8',
    });
    const redis = new Redis(servers.redis.url);
    expect(await redis.config('GET', 'appendonly')).toEqual(['appendonly', 'yes']);
    expect(await redis.config('GET', 'maxmemory-policy')).toEqual(['maxmemory-policy', 'noeviction']);
    redis.disconnect();
  });

  it('keep their data and their port when one is killed and started again', async () => {
    await query(servers, 'CREATE TABLE kept AS SELECT 42 AS answer');
    await publishTo(servers, 'kept');
    const redis = new Redis(servers.redis.url);
    await redis.set('kept', '42');
    redis.disconnect();
    const urls = { ...servers.env };
    // Holds on to the data for some seconds after the server was killed.
    const busy = query(servers, 'SELECT count(*) FROM generate_series(1, 20000000)').catch(() => 'interrupted');
    await waitFor(async () => (await query(servers, BUSY)).length > 0, { description: 'the query to run' });

    for (const server of [servers.postgres, servers.redis, servers.rabbitmq]) {
      const { pid } = server;
      await server.kill();
      await server.start();
      expect(server.pid).not.toBe(pid);
    }

    await busy;
    expect(servers.env).toEqual(urls);
    expect(await query(servers, 'SELECT answer FROM kept')).toEqual([{ answer: 42 }]);
    expect(await countIn(servers, 'kept')).toBe(1);
    const again = new Redis(servers.redis.url);
    expect(await again.get('kept')).toBe('42');
    again.disconnect();
  });

  it('can be restarted in an orderly way', async () => {
    for (const server of [servers.postgres, servers.redis, servers.rabbitmq]) await server.restart();
    expect(await query(servers, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
  });

  it('can be frozen with all their connections', async () => {
    const client = new Client({ connectionString: servers.postgres.url });
    await client.connect();
    let answered = false;
    await servers.postgres.pause();
    const answer = client.query('SELECT 1').then(() => (answered = true));
    await expect(Promise.race([answer, new Promise((resolve) => setTimeout(resolve, 300))])).resolves.toBeUndefined();
    await servers.postgres.resume();
    await answer;
    expect(answered).toBe(true);
    await client.end();
  });

  it('leave no process and no data behind, not even when one was frozen or killed', async () => {
    const folder = (await query(others, 'SHOW data_directory')).map((row) =>
      dirname(dirname(row['data_directory'] as string)),
    )[0];
    expect(worksIn(others.redis.pid as number, folder as string)).toBe(true);
    expect(processesIn(folder as string).length).toBeGreaterThan(4);
    await others.postgres.pause();
    await others.redis.kill();

    await others.stop();
    expect(processesIn(folder as string)).toEqual([]);
    expect(existsSync(folder as string)).toBe(false);
    await others.stop();
    await expect(others.redis.start()).rejects.toThrow('stopped');
  });
});

async function query({ postgres }: Servers, sql: string): Promise<Record<string, unknown>[]> {
  const client = new Client({ connectionString: postgres.url });
  client.on('error', () => {});
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
  }
}

async function publishTo({ rabbitmq }: Servers, queue: string): Promise<void> {
  await withChannel(rabbitmq.url, async (channel) => {
    await channel.assertQueue(queue, { durable: true, arguments: { 'x-queue-type': 'quorum' } });
    channel.sendToQueue(queue, Buffer.from('{}'), { persistent: true });
    await channel.waitForConfirms();
  });
}

/** Messages in the queue, which is made when it is not there. */
function countIn({ rabbitmq }: Servers, queue: string): Promise<number> {
  return withChannel(rabbitmq.url, async (channel) => {
    await channel.assertQueue(queue, { durable: true, arguments: { 'x-queue-type': 'quorum' } });
    let count = 0;
    while (await channel.get(queue)) count++;
    return count;
  });
}

type Channel = Awaited<ReturnType<Awaited<ReturnType<typeof connect>>['createConfirmChannel']>>;

async function withChannel<Result>(url: string, work: (channel: Channel) => Promise<Result>): Promise<Result> {
  const connection = await connect(url.replace(/\/\/$/, '/%2F'));
  try {
    return await work(await connection.createConfirmChannel());
  } finally {
    await connection.close();
  }
}
