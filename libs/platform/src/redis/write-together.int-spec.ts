import { Socket } from 'node:net';
import { waitFor } from '@budget-buddy/testing';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { loadConfiguration } from '../configuration/load-configuration';
import { openRedis, type RedisClient } from './open-redis';
import { RedisConfiguration } from './redis-configuration';
import { writeTogether } from './write-together';

let redis: RedisClient;
beforeEach(async () => {
  redis = openRedis(loadConfiguration([RedisConfiguration]).get(RedisConfiguration));
  writeTogether(redis);
  await waitFor(() => redis.status === 'ready');
});
afterEach(() => redis.disconnect());

const key = (number: number) => `test-together-${process.pid}-${number}`;
const numbers = Array.from({ length: 100 }, (_, index) => index);

it('has a hundred commands of a turn written at once, each with its own answer, in their order', async () => {
  const one = vi.spyOn(Socket.prototype as unknown as { _write(): void }, '_write');
  const many = vi.spyOn(Socket.prototype as unknown as { _writev(): void }, '_writev');
  const set = await Promise.all(numbers.map((number) => redis.set(key(number), number, 'EX', 10)));
  expect([one.mock.calls.length, many.mock.calls.length]).toEqual([0, 1]);
  expect(new Set(set)).toEqual(new Set(['OK']));
  const got = await Promise.all(numbers.map((number) => redis.get(key(number))));
  expect(got).toEqual(numbers.map(String));
  vi.restoreAllMocks();
});

it('holds none back', async () => {
  const answers: string[] = [];
  await redis.set(key(0), 'first', 'EX', 10);
  answers.push((await redis.get(key(0)))!);
  await redis.set(key(0), 'second', 'EX', 10);
  answers.push((await redis.get(key(0)))!);
  expect(answers).toEqual(['first', 'second']);
});

it('goes on with the next connection', async () => {
  redis.disconnect(true);
  await waitFor(() => redis.status !== 'ready');
  await waitFor(() => redis.status === 'ready');
  expect(await redis.ping()).toBe('PONG');
});
