import { randomUUID } from 'node:crypto';
import { loadConfiguration, openRedis, RedisConfiguration } from '@budget-buddy/platform';
import { waitFor } from '@budget-buddy/testing';
import Bull from 'bull';
import type { Redis } from 'ioredis';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { takeDueInPortions } from './due-in-portions';
import { LOOK_AHEAD_MS } from './look-ahead';

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

const key = (name: string) => (queue as unknown as { toKey(name: string): string }).toKey(name);

function addDue(count: number): Promise<unknown> {
  const due = { data: {}, opts: { delay: 60_000, timestamp: Date.now() - 60_000 } };
  return queue.addBulk(Array.from({ length: count }, () => due));
}

/** What Bull calls when a job is due. @returns when it is to call again, in ms since 1970. */
async function takeDue(nowMs: number): Promise<number> {
  const { updateDelaySet } = client as unknown as { updateDelaySet: (args: unknown[]) => Promise<string | number> };
  const names = ['delayed', 'active', 'wait', 'priority', 'paused', 'meta-paused'];
  return Number(await updateDelaySet.call(client, [...names.map(key), key(''), nowMs, 'token'])) / 4096;
}

async function workOff(count: number): Promise<void> {
  const done = new Set<unknown>();
  void queue.process('*', 50, async ({ id }) => {
    done.add(id);
    return Promise.resolve();
  });
  await waitFor(() => done.size === count);
}

it('has jobs that are due wait for a worker a hundred at a time, and all of them in the end', async () => {
  await addDue(250);
  await takeDue(Date.now());
  expect(await queue.getWaitingCount()).toBe(100);
  await workOff(250);
});

it('leaves what is due where it is while six hundred wait for a worker, and has Bull ask again soon', async () => {
  await addDue(1_000);
  const nowMs = Date.now();
  for (let time = 1; time <= 6; time++) expect(await takeDue(nowMs)).toBeLessThan(nowMs);
  expect(await takeDue(nowMs)).toBe(nowMs + 10);
  expect([await queue.getWaitingCount(), await queue.getDelayedCount()]).toEqual([600, 400]);
  await workOff(1_000);
});

it('takes all that is due of a queue that is paused, and they are done when it goes on', async () => {
  await queue.pause();
  await addDue(700);
  const nowMs = Date.now();
  for (let time = 1; time <= 7; time++) await takeDue(nowMs);
  expect([await queue.getPausedCount(), await queue.getDelayedCount()]).toEqual([700, 0]);
  await queue.resume();
  await workOff(700);
});

it('takes what is due soon, and has Bull ask again as long before the next is due', async () => {
  const timestamp = Date.now();
  const jobs = [60_000, 60_000 + LOOK_AHEAD_MS - 1, 61_000].map((delay) => {
    return { data: {}, opts: { delay, timestamp, jobId: `in-${delay}` } };
  });
  await queue.addBulk(jobs);
  expect(Math.floor(await takeDue(timestamp + 60_000))).toBe(timestamp + 61_000 - LOOK_AHEAD_MS);
  expect((await queue.getDelayed()).map(({ id }) => id)).toEqual(['in-61000']);
  expect(await takeDue(timestamp + 62_000)).toBe(0);
});

it('takes few of those that are not due yet, so that what is due finds a worker', async () => {
  const timestamp = Date.now();
  const due = (inMs: number) => ({ data: {}, opts: { delay: 60_000, timestamp: timestamp - 60_000 + inMs } });
  await queue.addBulk(Array.from({ length: 200 }, () => due(60_030)));
  expect(await takeDue(timestamp + 60_000)).toBe(timestamp + 60_010);
  expect(await queue.getWaitingCount()).toBe(50);
  expect(await takeDue(timestamp + 60_010)).toBe(timestamp + 60_020);
  expect(await queue.getWaitingCount()).toBe(50);
  await queue.addBulk([due(60_015)]);
  expect(await takeDue(timestamp + 60_020)).toBe(timestamp + 60_030);
  expect(await queue.getWaitingCount()).toBe(51);
});

it('refuses a script of Bull that it does not know', () => {
  const lua = 'return redis.call("time")';
  expect(() => client.defineCommand('updateDelaySet', { lua })).toThrow("Bull's updateDelaySet is another one");
});
