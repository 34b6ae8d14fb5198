import { waitFor } from '@budget-buddy/testing';
import { Logger } from '@nestjs/common';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TcpProxy } from '../../../../tools/tcp-proxy';
import { loadConfiguration } from '../configuration/load-configuration';
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
