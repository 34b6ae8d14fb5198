import { randomUUID } from 'node:crypto';
import { loadConfiguration, openRedis, RedisConfiguration, type RedisClient } from '@budget-buddy/platform';
import { waitFor } from '@budget-buddy/testing';
import Bull from 'bull';
import fc from 'fast-check';
import { Redis } from 'ioredis';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { callTogether } from './calls-together';
import { argumentsForMany, resultsOfMany, scriptForMany } from './script-for-many';

const configuration = loadConfiguration([RedisConfiguration]).get(RedisConfiguration);
let client: Redis;
let queues: Bull.Queue[];
const numbers = (count: number) => Array.from({ length: count }, (_, number) => number);

beforeEach(() => {
  const opened: RedisClient[] = [];
  const open = (role: string): RedisClient => {
    const connection = openRedis(configuration, { maxRetriesPerRequest: null, enableReadyCheck: false });
    opened.push(connection);
    if (role === 'client') callTogether(connection);
    return connection;
  };
  client = open('client') as Redis;
  const prefix = `test-${randomUUID()}`;
  queues = ['one', 'other'].map(
    (name) => new Bull(name, { prefix, createClient: (role) => (role === 'client' ? client : open(role)) as never }),
  );
});
afterEach(async () => {
  for (const queue of queues) await queue.obliterate({ force: true });
  await Promise.all(queues.map((queue) => queue.close()));
});

/** How many scripts Redis was sent for this, by this client: other tests use the server, too. */
async function scriptsOf(work: () => Promise<unknown>): Promise<number> {
  const send = vi.spyOn(client, 'sendCommand');
  await work();
  const names = send.mock.calls.map(([{ name }]) => name);
  send.mockRestore();
  return names.filter((name) => name.startsWith('eval')).length;
}

describe('jobs that are added in one turn', () => {
  it('go to Redis together, and each is what it was to be', async () => {
    const [one, other] = queues as [Bull.Queue, Bull.Queue];
    await Promise.all(queues.map((queue) => queue.isReady()));
    const add = (number: number) =>
      (number % 7 === 0 ? other : one).add(
        `name ${number % 3}`,
        { number },
        { jobId: `job-${number}`, delay: number % 2 && 60_000 + number },
      );
    const jobs = numbers(70);
    let added: Bull.Job[] = [];
    const scripts = await scriptsOf(async () => (added = await Promise.all(jobs.map(add))));
    expect(added.map(({ id }) => id)).toEqual(jobs.map((number) => `job-${number}`));
    // 60 of one queue, 50 at a time, and 10 of the other; the server may have to be told of the script first.
    expect(scripts).toBeGreaterThanOrEqual(3);
    expect(scripts).toBeLessThanOrEqual(6);
    for (const number of jobs) {
      const job = (await (number % 7 === 0 ? other : one).getJob(`job-${number}`))!;
      expect(job).toMatchObject({ name: `name ${number % 3}`, data: { number } });
      expect(await job.getState()).toBe(number % 2 ? 'delayed' : 'waiting');
      expect(job.opts.delay).toBe(number % 2 && 60_000 + number);
    }
    expect(await one.getDelayedCount()).toBe(jobs.filter((number) => number % 2 && number % 7 !== 0).length);
  });

  it('fail each by itself', async () => {
    const [queue] = queues as [Bull.Queue];
    const key = `${(queue as unknown as { keyPrefix: string }).keyPrefix}:one:delayed`;
    await client.set(key, 'no sorted set');
    const added = await Promise.allSettled([
      queue.add({}, { jobId: 'a' }),
      queue.add({}, { jobId: 'b', delay: 60_000 }),
      queue.add({}, { jobId: 'c' }),
    ]);
    await client.del(key);
    expect(added.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect((added[1] as PromiseRejectedResult).reason).toMatchObject({ message: expect.stringContaining('WRONGTYPE') });
    expect((await queue.getWaiting()).map(({ id }) => id).sort()).toEqual(['a', 'c']);
  });
});

describe('jobs that end in one turn', () => {
  it('end each with its own result, and their next ones are fetched', async () => {
    const [queue] = queues as [Bull.Queue];
    const jobs = await queue.addBulk(numbers(100).map((number) => ({ data: { number } })));
    const go: (() => void)[] = [];
    void queue.process('*', 40, async ({ data }: Bull.Job<{ number: number }>) => {
      await new Promise<void>((resolve) => go.push(resolve));
      return `did ${data.number}`;
    });
    for (const until of [40, 80, 100]) {
      await waitFor(() => go.length === until);
      for (const end of go) end();
    }
    await waitFor(async () => (await queue.getCompletedCount()) === jobs.length);
    for (const [number, { id }] of jobs.entries()) {
      expect((await queue.getJob(id))?.returnvalue).toBe(`did ${number}`);
    }
  });

  it('fail as before, in a transaction of their own', async () => {
    const [queue] = queues as [Bull.Queue];
    const jobs = await queue.addBulk(numbers(20).map((number) => ({ data: { number } })));
    void queue.process('*', 20, ({ data }: Bull.Job<{ number: number }>) =>
      Promise.reject(new Error(`cannot do ${data.number}`)),
    );
    await waitFor(async () => (await queue.getFailedCount()) === jobs.length);
    for (const [number, { id }] of jobs.entries()) {
      expect(await queue.getJob(id)).toMatchObject({
        failedReason: `cannot do ${number}`,
        stacktrace: [expect.stringContaining(`cannot do ${number}`)],
      });
    }
  });

  it('end without one that has lost its lock', async () => {
    const [queue] = queues as [Bull.Queue];
    await queue.addBulk(numbers(3).map((number) => ({ data: { number } })));
    const jobs = [(await queue.getNextJob())!, (await queue.getNextJob())!, (await queue.getNextJob())!];
    await client.del(jobs[1]!.lockKey());
    const ends = await Promise.allSettled(jobs.map((job) => job.moveToCompleted('done')));
    expect(ends.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect((ends[1] as PromiseRejectedResult).reason).toMatchObject({
      message: expect.stringContaining('Missing lock'),
    });
    expect(await queue.getCompletedCount()).toBe(2);
  });
});

describe('a script for many calls', () => {
  const numberOfKeys = 2;
  const ALL =
    'local all = {} for _, key in ipairs(KEYS) do table.insert(all, key) end for _, arg in ipairs(ARGV) do table.insert(all, arg) end return all';
  const key = fc.constantFrom('', 'a', 'b', '1', 'ä');
  const argument = fc.oneof(
    key,
    fc.string({ unit: 'binary' }),
    fc.constantFrom('\ud800', '"\\', '\0', undefined, null, 0, 12.5, true),
    fc.uint8Array({ maxLength: 4 }).map((bytes) => Buffer.from(bytes)),
  );
  const call = fc.tuple(key, key, argument, argument, argument);
  const calls = fc.array(call, { minLength: 1, maxLength: 8 });

  async function askForMany(redis: Redis, lua: string, args: readonly (readonly unknown[])[], keys: number) {
    return resultsOfMany(
      await redis.eval(scriptForMany({ lua, numberOfKeys: keys }), ...(argumentsForMany(args, keys) as [number])),
    );
  }

  it('is told of each what it would have been told alone', async () => {
    await fc.assert(
      fc.asyncProperty(calls, async (args) => {
        const alone = args.map((each) => client.eval(ALL, numberOfKeys, ...(each as string[])));
        expect(await askForMany(client, ALL, args, numberOfKeys)).toEqual(await Promise.all(alone));
      }),
    );
  });

  it.each([
    "'text'",
    "''",
    '0',
    '-3',
    '7.9',
    'true',
    'false',
    'nil',
    '{}',
    "{ 'a', {}, { 'b', 2, false } }",
    "redis.status_reply('OK')",
    "redis.call('hgetall', 'nothing')",
    "'\\0\\1\\127 / \\\\ \\226\\130\\172'",
  ])('answers for each as it would alone: %s', async (value) => {
    const lua = `return ${value}`;
    const [one, other] = await askForMany(client, lua, [['a'], ['b']], 0);
    expect([one, other]).toEqual(Array(2).fill(await client.eval(lua, 0, 'a')));
  });

  it('answers with nothing where one does, and fails as a whole on a server that takes no writes', async () => {
    // It does not try again by itself.
    const plain = new Redis(configuration.url);
    const many = (lua: string) => askForMany(plain, lua, [['a'], ['b']], 0);
    expect(await many("if ARGV[1] == 'b' then return ARGV[1] end")).toEqual([null, 'b']);
    expect(await many("if ARGV[1] == 'b' then error({ err = 'WRONG b' }) end return 1")).toEqual([1, Error('WRONG b')]);
    await expect(many("error({ err = 'READONLY You can not write' })")).rejects.toThrow('READONLY');
    plain.disconnect();
  });
});
