import { randomUUID } from 'node:crypto';
import { loadConfiguration, openRedis, RedisConfiguration, type RedisClient } from '@budget-buddy/platform';
import Bull from 'bull';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { addJob } from './add-job';

const configuration = loadConfiguration([RedisConfiguration]).get(RedisConfiguration);
let queues: [Bull.Queue, Bull.Queue];

beforeEach(() => {
  const open = (): RedisClient => openRedis(configuration, { maxRetriesPerRequest: null, enableReadyCheck: false });
  const defaultJobOptions: Bull.JobOptions = {
    attempts: Number.MAX_SAFE_INTEGER,
    backoff: { type: 'some' },
    removeOnComplete: 1000,
    stackTraceLimit: 1,
  };
  const prefix = () => `test-${randomUUID()}`;
  const queue = () => new Bull('queue', { prefix: prefix(), createClient: open, defaultJobOptions });
  queues = [queue(), queue()];
});
afterEach(async () => {
  for (const queue of queues) await queue.obliterate({ force: true });
  await Promise.all(queues.map((queue) => queue.close()));
});

/** All that a queue has in Redis, without what is in each key's name of this very queue. */
async function contents(queue: Bull.Queue): Promise<Record<string, unknown>> {
  const { client } = queue;
  const found: Record<string, unknown> = {};
  for (const key of (await client.keys(queue.toKey('*'))).sort()) {
    const type = await client.type(key);
    const name = key.slice(queue.toKey('').length);
    if (type === 'hash') found[name] = await client.hgetall(key);
    else if (type === 'zset') found[name] = await client.zrange(key, 0, -1, 'WITHSCORES');
    else if (type === 'list') found[name] = await client.lrange(key, 0, -1);
    else found[name] = await client.get(key);
  }
  return found;
}

describe('addJob', () => {
  it.each([
    ['in an hour', 3_600_000],
    ['now', 0],
  ])('leaves in Redis what queue.add leaves, for a job that is due %s', async (_, delay) => {
    const [ours, bulls] = queues;
    const data = { key: 'ünd "so"', revision: 3 };
    const time = { jobId: 'an id', timestamp: 1_800_000_000_123, delay };
    await addJob(ours, 'a name', data, time);
    await bulls.add('a name', data, time as Bull.JobOptions);
    const left = await contents(ours);
    expect(left).toEqual(await contents(bulls));
    expect(left).toMatchObject({ 'an id': { name: 'a name', timestamp: '1800000000123', delay: String(delay) } });
  });

  it('leaves a job as it is that is there', async () => {
    const [queue] = queues;
    const time = { jobId: 'an id', timestamp: 1_800_000_000_123, delay: 3_600_000 };
    await addJob(queue, 'a name', { revision: 1 }, time);
    await addJob(queue, 'a name', { revision: 2 }, { ...time, delay: 5_000 });
    expect(await queue.getJob('an id')).toMatchObject({ data: { revision: 1 }, opts: { delay: 3_600_000 } });
    expect(await queue.count()).toBe(1);
  });
});
