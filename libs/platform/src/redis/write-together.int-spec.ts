import { Socket } from 'node:net';
import { waitFor } from '@budget-buddy/testing';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { loadConfiguration } from '../configuration/load-configuration';
import type { RedisClient } from './open-redis';
import { RedisConfiguration } from './redis-configuration';
import { RedisConnections } from './redis-connections';

let connections: RedisConnections;
let redis: RedisClient;
beforeEach(async () => {
  connections = new RedisConnections(loadConfiguration([RedisConfiguration]).get(RedisConfiguration));
  redis = connections.create('client');
  await waitFor(() => redis.status === 'ready');
  // It has a connection of its own, which is to write nothing while writes are counted.
  await waitFor(() => connections.ping().then(() => true));
});
afterEach(() => connections.onApplicationShutdown());

const key = (number: number) => `test-together-${process.pid}-${number}`;
const numbers = Array.from({ length: 100 }, (_, index) => index);
const setAll = () => Promise.all(numbers.map((number) => redis.set(key(number), number, 'EX', 10)));
/** System calls that write one piece, and that write many. */
async function writesOf(work: () => Promise<unknown>): Promise<{ one: number; many: number }> {
  const one = vi.spyOn(Socket.prototype as unknown as { _write(): void }, '_write');
  const many = vi.spyOn(Socket.prototype as unknown as { _writev(): void }, '_writev');
  await work();
  const writes = { one: one.mock.calls.length, many: many.mock.calls.length };
  vi.restoreAllMocks();
  return writes;
}

it('has a hundred commands of a turn written at once, each with its own answer, in their order', async () => {
  expect(await writesOf(async () => expect(new Set(await setAll())).toEqual(new Set(['OK'])))).toEqual({
    one: 0,
    many: 1,
  });
  const got = await Promise.all(numbers.map((number) => redis.get(key(number))));
  expect(got).toEqual(numbers.map(String));
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
  expect(await writesOf(setAll)).toEqual({ one: 0, many: 1 });
});
