import { waitFor } from '@budget-buddy/testing';
import { Logger } from '@nestjs/common';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TcpProxy } from '../../../../tools/tcp-proxy';
import { loadConfiguration } from '../configuration/load-configuration';
import { openRedis } from './open-redis';
import { RedisConfiguration } from './redis-configuration';
import { RedisConnections } from './redis-connections';

const configuration = loadConfiguration([RedisConfiguration]).get(RedisConfiguration);
const proxy = new TcpProxy(new URL(configuration.url));
let connections: RedisConnections;

const becomes = (redis: { status: string }, status: string) =>
  waitFor(() => redis.status === status, { description: `the connection to be ${status}` });

beforeAll(async () => {
  Logger.overrideLogger(false);
  await proxy.open();
  connections = new RedisConnections({ ...configuration, url: proxy.url });
});

afterAll(async () => {
  connections.onApplicationShutdown();
  await proxy.cut();
});

describe('RedisConnections', () => {
  it("fails a client's command at once while Redis is away, and works again by itself", async () => {
    const client = connections.create('client');
    await becomes(client, 'ready');
    await proxy.cut();
    await waitFor(() => client.status !== 'ready');
    const startedMs = performance.now();
    await expect(client.get('key')).rejects.toThrow(/enableOfflineQueue/);
    expect(performance.now() - startedMs).toBeLessThan(100);
    await proxy.open();
    await becomes(client, 'ready');
    expect(await client.ping()).toBe('PONG');
  });

  it("fails a client's command while Redis is frozen, after some seconds", async () => {
    const client = connections.create('client');
    await becomes(client, 'ready');
    proxy.freeze();
    await expect(client.get('key')).rejects.toThrow('Command timed out');
    proxy.thaw();
  });

  it('gives up a connection that the network has lost, within seconds', async () => {
    const bclient = connections.create('bclient');
    await becomes(bclient, 'ready');
    proxy.drop();
    const popped = bclient.brpoplpush('test-nothing', 'test-nowhere', 5);
    proxy.stopDropping();
    await new Promise((resolve) => bclient.once('close', resolve));
    await becomes(bclient, 'ready');
    expect(await popped).toBeNull();
  });

  it('gives up a connection that only listens, and that the network has lost', async () => {
    const [subscriber, client] = [connections.create('subscriber'), connections.create('client')];
    const channel = `test-${process.pid}-${Math.random()}`;
    const heard: string[] = [];
    subscriber.on('message', (_, message: string) => heard.push(message));
    await Promise.all([becomes(subscriber, 'ready'), becomes(client, 'ready')]);
    await subscriber.subscribe(channel);
    proxy.drop();
    proxy.stopDropping();
    const published = async () => {
      await client.publish(channel, 'again').catch(() => undefined);
      return heard.includes('again');
    };
    await waitFor(published, { timeoutMs: 25_000, intervalMs: 200, description: 'the subscriber to hear something' });
  });

  it('gives what comes to the connection that waits now, not to the lost one that waited before', async () => {
    const bclient = connections.create('bclient');
    await becomes(bclient, 'ready');
    const list = `test-${process.pid}-${Math.random()}`;
    const popped = bclient.brpop(list, 60);
    const besides = openRedis(configuration);
    await waitFor(async () => String(await besides.client('LIST')).includes('cmd=brpop '));
    proxy.drop();
    proxy.stopDropping();
    await new Promise((resolve) => bclient.once('close', resolve));
    await becomes(bclient, 'ready');
    await besides.lpush(list, 'found');
    expect(await popped).toEqual([list, 'found']);
    besides.disconnect();
  });

  it('tries another connection soon when one was made on which nothing is heard', async () => {
    proxy.drop();
    const subscriber = connections.create('subscriber');
    const errors: string[] = [];
    subscriber.on('error', (error: Error) => errors.push(error.message));
    await waitFor(() => errors.length > 0, { description: 'the connection to be given up' });
    expect(errors).toEqual(['Nothing was heard within 3000 ms of connecting']);
    proxy.stopDropping();
    await becomes(subscriber, 'ready');
  });

  it('lets a bclient wait, however long Redis is away', async () => {
    const bclient = connections.create('bclient');
    await becomes(bclient, 'ready');
    const list = `test-${process.pid}-${Math.random()}`;
    const popped = bclient.brpop(list, 0);
    await proxy.cut();
    await waitFor(() => bclient.status !== 'ready');
    await proxy.open();
    const client = connections.create('client');
    await becomes(client, 'ready');
    await client.lpush(list, 'at last');
    expect(await popped).toEqual([list, 'at last']);
  });

  it('closes all connections when the app has shut down, so that the process can end', async () => {
    const others = new RedisConnections(configuration);
    const opened = (['client', 'subscriber', 'bclient'] as const).map((role) => others.create(role));
    await Promise.all(opened.map((redis) => becomes(redis, 'ready')));
    others.onApplicationShutdown();
    await Promise.all(opened.map((redis) => becomes(redis, 'end')));
  });
});
