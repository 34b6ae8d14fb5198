import { afterAll, afterEach, expect, it, vi } from 'vitest';
import { loadConfiguration } from '../configuration/load-configuration';
import { bulkCommand } from './bulk-command';
import { openRedis } from './open-redis';
import { RedisConfiguration } from './redis-configuration';

const redis = openRedis(loadConfiguration([RedisConfiguration]).get(RedisConfiguration));
afterEach(() => vi.restoreAllMocks());
afterAll(() => redis.disconnect());

const key = `test-bulk-${process.pid}`;
const members = Array.from({ length: 1000 }, (_, index) => `Größe-${index}`);

it('asks of many at once, and leaves ioredis nothing to hold on to', async () => {
  await redis.zadd(key, 7.5, members[0]!, 1e15, members[999]!);
  await redis.expire(key, 10);
  const send = vi.spyOn(redis, 'sendCommand');
  const args = [key, ...members];
  const scores = (await bulkCommand(redis, 'zmscore', args)) as (string | null)[];
  expect(scores).toHaveLength(1000);
  expect(scores.map((score, index) => [index, score]).filter(([, score]) => score !== null)).toEqual([
    [0, '7.5'],
    [999, '1000000000000000'],
  ]);
  expect(args).toHaveLength(1001);
  expect(send.mock.lastCall![0].args).toEqual([]);
});

it('gives strings as text', async () => {
  await redis.set(key, 'Größe', 'EX', 10);
  expect(await bulkCommand(redis, 'mget', [key, `${key}-none`])).toEqual(['Größe', null]);
});

it('throws what Redis answers', async () => {
  const send = vi.spyOn(redis, 'sendCommand');
  await redis.set(key, 'text', 'EX', 10);
  await expect(bulkCommand(redis, 'zmscore', [key, 'a'])).rejects.toThrow('WRONGTYPE');
  expect(send.mock.lastCall![0].args).toEqual([]);
});
