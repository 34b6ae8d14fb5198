import { Redis } from 'ioredis';
import { afterEach, expect, it } from 'vitest';
import { loadConfiguration } from '../configuration/load-configuration';
import { RedisConfiguration } from './redis-configuration';
import { surviveFailover } from './survive-failover';

const { url } = loadConfiguration([RedisConfiguration]).get(RedisConfiguration);
let client: Redis;
afterEach(() => client.disconnect());

const became = (status: string) => new Promise((resolve) => client.once(status, resolve));

/** Fail-overs as such: test/clusters/redis-sentinel.e2e-spec.ts. */
it('leaves one alone that was told to quit while it was connecting again', async () => {
  client = new Redis(url);
  surviveFailover(client);
  await became('ready');
  client.disconnect(true);
  await became('reconnecting');
  const ended = became('end');
  // With nothing else that waits to be sent, ioredis does not connect for it.
  expect(await Promise.all([client.ping(), client.quit()])).toEqual(['PONG', 'OK']);
  await ended;
  await new Promise((resolve) => setImmediate(resolve));
  expect(client.status).toBe('end');
});

it('has one connect again that ended by itself', async () => {
  client = new Redis(url, { retryStrategy: null });
  surviveFailover(client);
  await became('ready');
  client.stream.destroy();
  await became('end');
  await became('ready');
  expect(await client.ping()).toBe('PONG');
});
