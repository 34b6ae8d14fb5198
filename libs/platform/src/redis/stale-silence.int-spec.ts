import { waitFor } from '@budget-buddy/testing';
import { setTimeout as delay } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { TcpProxy } from '../../../../tools/tcp-proxy';
import { loadConfiguration } from '../configuration/load-configuration';
import { openRedis } from './open-redis';
import { RedisConfiguration } from './redis-configuration';
import { forgetSilenceOnClose } from './stale-silence';

const SILENCE_MS = 1_000;

it('a connection that was lost while it owed an answer does not end the one that took its place', async () => {
  const configuration = loadConfiguration([RedisConfiguration]).get(RedisConfiguration);
  const proxy = new TcpProxy(new URL(configuration.url));
  await proxy.open();
  const redis = openRedis({ ...configuration, url: proxy.url }, { socketTimeout: SILENCE_MS, maxRetriesPerRequest: 0 });
  const errors: string[] = [];
  redis.on('error', (error: Error) => errors.push(error.message));
  forgetSilenceOnClose(redis);
  await waitFor(() => redis.status === 'ready');

  proxy.freeze();
  const owed = redis.get('key').catch(() => 'never answered');
  await proxy.cut();
  proxy.thaw();
  await proxy.open();
  expect(await owed).toBe('never answered');
  await waitFor(() => redis.status === 'ready');
  errors.length = 0;

  await delay(SILENCE_MS * 2);
  expect(errors).toEqual([]);
  expect(redis.status).toBe('ready');

  proxy.freeze();
  await expect(redis.get('key')).rejects.toThrow();
  expect(errors.join()).toContain('Socket timeout');
  redis.disconnect();
  await proxy.cut();
});
