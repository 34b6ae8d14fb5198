import { randomUUID } from 'node:crypto';
import { loadConfiguration, openRedis, RedisConfiguration } from '@budget-buddy/platform';
import { waitFor } from '@budget-buddy/testing';
import Bull from 'bull';
import type { Redis } from 'ioredis';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { takeDueInPortions } from './due-in-portions';

const configuration = loadConfiguration([RedisConfiguration]).get(RedisConfiguration);
let client: Redis;
let queue: Bull.Queue;

beforeEach(async () => {
  const open = () => openRedis(configuration, { maxRetriesPerRequest: null, enableReadyCheck: false });
  client = open() as Redis;
  takeDueInPortions(client);
  queue = new Bull('queue', {
    prefix: `test-${randomUUID()}`,
    createClient: (role) => (role === 'client' ? client : open()) as never,
  });
  await queue.isReady();
});
afterEach(async () => {
  await queue.obliterate({ force: true });
  await queue.close();
});

it('has jobs that are due wait for a worker a hundred at a time, and all of them in the end', async () => {
  const jobs = Array.from({ length: 250 }, () => ({
    data: {},
    opts: { delay: 60_000, timestamp: Date.now() - 60_000 },
  }));
  await queue.addBulk(jobs);
  const { updateDelaySet } = client as unknown as { updateDelaySet: (args: unknown[]) => Promise<unknown> };
  const key = (name: string) => (queue as unknown as { toKey(name: string): string }).toKey(name);
  const names = ['delayed', 'active', 'wait', 'priority', 'paused', 'meta-paused'];
  await updateDelaySet.call(client, [...names.map(key), key(''), Date.now(), 'token']);
  expect(await queue.getWaitingCount()).toBe(100);

  const done = new Set<unknown>();
  void queue.process('*', 50, async ({ id }) => {
    done.add(id);
    return Promise.resolve();
  });
  await waitFor(() => done.size === jobs.length);
});
