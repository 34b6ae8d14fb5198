import { randomBytes } from 'node:crypto';
import { connect } from 'amqplib';
import {
  loadConfiguration,
  PostgresConfiguration,
  RabbitConfiguration,
  RedisConfiguration,
} from '@budget-buddy/platform';
import { waitFor } from '@budget-buddy/testing';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { TcpProxy } from '../../tools/tcp-proxy';
import { FixtureProcess } from './fixture-process';

const configuration = loadConfiguration([PostgresConfiguration, RabbitConfiguration, RedisConfiguration]);
const rabbitUrl = configuration.get(RabbitConfiguration).urls[0] ?? '';
const proxies = {
  postgres: new TcpProxy(new URL(configuration.get(PostgresConfiguration).url)),
  redis: new TcpProxy(new URL(configuration.get(RedisConfiguration).url)),
  rabbitmq: new TcpProxy(new URL(rabbitUrl)),
};
const servers = Object.keys(proxies) as (keyof typeof proxies)[];
const queue = `test-${randomBytes(6).toString('hex')}`;
const up = { postgres: { status: 'up' }, redis: { status: 'up' }, rabbitmq: { status: 'up' } };

let app: FixtureProcess;

function start(): void {
  app = new FixtureProcess({
    FIXTURE: 'servers',
    FIXTURE_QUEUE: queue,
    BUDGETBUDDY_POSTGRES_URL: proxies.postgres.url,
    BUDGETBUDDY_REDIS_URL: proxies.redis.url,
    BUDGETBUDDY_RABBITMQ_URL: proxies.rabbitmq.url,
  });
}

async function ready(): Promise<void> {
  const isReady = async () => (await app.health('ready')).code === 200;
  await waitFor(isReady, { description: 'all servers to be up' }).catch((error: Error) => {
    throw new Error(`${error.message}; it said:\n${app.output}`);
  });
  expect((await app.health('ready')).details).toEqual(up);
}

/** Publishes until the subscriber has one: a queue that is declared on connecting may not be there yet. */
async function receives(text: string): Promise<void> {
  const broker = await connect(rabbitUrl);
  const channel = await broker.createChannel();
  const published = async () => {
    channel.sendToQueue(queue, Buffer.from(JSON.stringify(text)));
    return app.output.includes(`Received \\"${text}\\"`);
  };
  await waitFor(published, { intervalMs: 100, description: `the subscriber to receive ${text}` });
  await broker.close();
}

describe('with a server that fails while the app runs', () => {
  beforeAll(async () => {
    await Promise.all(servers.map((server) => proxies[server].open()));
    start();
    await app.says('worker is up');
  });

  afterAll(async () => {
    app.signal('SIGTERM');
    expect(await app.exit()).toBe(0);
    await Promise.all(servers.map((server) => proxies[server].cut()));
  });

  beforeEach(ready);

  it.each(servers)(
    'is not ready while %s refuses connections, stays alive, and is ready again by itself',
    async (server) => {
      await proxies[server].cut();
      const { code, details } = await app.health('ready');
      expect(code).toBe(503);
      expect(details).toEqual({ ...up, [server]: { status: 'down', reason: expect.any(String) as string } });
      expect((await app.health('live')).code).toBe(200);
      await proxies[server].open();
      await ready();
      await receives(`after the loss of ${server}`);
    },
  );

  it.each(servers)('answers 503 within seconds while %s is frozen, and is ready again by itself', async (server) => {
    proxies[server].freeze();
    const startedMs = performance.now();
    const answers = await Promise.all([app.health('ready'), app.health('ready'), app.health('ready')]);
    expect(performance.now() - startedMs).toBeLessThan(5_000);
    expect(answers.map(({ code }) => code)).toEqual([503, 503, 503]);
    expect(answers[0]?.details).toEqual({ ...up, [server]: { status: 'down', reason: 'no answer within 2000 ms' } });
    proxies[server].thaw();
    await ready();
  });

  it('shows no password, neither in answers nor in the log', async () => {
    await Promise.all(servers.map((server) => proxies[server].cut()));
    const text = JSON.stringify(await app.health('ready')) + app.output;
    expect(text).not.toMatch(/:\/\/[^"\s*]*@/);
    await Promise.all(servers.map((server) => proxies[server].open()));
  });
});

describe('with servers that are frozen when the app is told to end', () => {
  it('ends all the same, within the time', async () => {
    await Promise.all(servers.map((server) => proxies[server].open()));
    start();
    await app.says('worker is up');
    await ready();
    for (const server of servers) proxies[server].freeze();
    // Leaves a question unanswered on each connection.
    expect((await app.health('ready')).code).toBe(503);
    app.signal('SIGTERM');
    expect(await app.exit()).toBe(0);
    for (const server of servers) proxies[server].thaw();
    await Promise.all(servers.map((server) => proxies[server].cut()));
  });
});

describe('with all servers away from the start', () => {
  beforeEach(async () => {
    await Promise.all(servers.map((server) => proxies[server].reserve()));
    start();
  });

  afterEach(async () => {
    await app.end();
    await Promise.all(servers.map((server) => proxies[server].cut()));
  });

  it('is up and says what is missing, then connects and subscribes by itself', async () => {
    await app.says('worker is up');
    await waitFor(async () => {
      const { code, details } = await app.health('ready');
      const refused = servers.filter((server) => details[server]?.reason?.includes('ECONNREFUSED'));
      return code === 503 && refused.length === servers.length;
    });
    await Promise.all(servers.map((server) => proxies[server].open()));
    await ready();
    await receives('at last');
    await app.says('Subscriptions are made');
  });

  it('ends on SIGTERM all the same', async () => {
    await app.says('worker is up');
    app.signal('SIGTERM');
    expect(await app.exit()).toBe(0);
  });
});
