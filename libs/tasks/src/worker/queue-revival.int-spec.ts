import { randomUUID } from 'node:crypto';
import { loadConfiguration, RedisConfiguration, RedisConnections, Shutdown } from '@budget-buddy/platform';
import { waitFor } from '@budget-buddy/testing';
import Bull from 'bull';
import { Temporal } from 'temporal-polyfill';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { TcpProxy } from '../../../../tools/tcp-proxy';
import { BullConnections } from '../timers/bull-connections';
import { queueOptions } from '../timers/queue-options';
import type { TaskQueues } from '../timers/task-queues';
import { LostDeliveries } from './lost-deliveries';
import { QueueRevival } from './queue-revival';

const HOUR = Temporal.Duration.from('PT1H');

const configuration = loadConfiguration([RedisConfiguration]).get(RedisConfiguration);
const proxy = new TcpProxy(new URL(configuration.url));
let connections: RedisConnections;
let shutdown: Shutdown;
let queue: Bull.Queue;
let ran: string[];
let finish: Map<string, () => void>;

beforeEach(async () => {
  await proxy.open();
  connections = new RedisConnections({ ...configuration, url: proxy.url });
  const redis = { url: configuration.url, prefix: `test-${randomUUID()}` };
  const options = queueOptions('queue', new BullConnections(connections), redis, { stalledAfter: HOUR });
  // Bull by itself does nothing in time.
  const settings = { ...options.settings, guardInterval: HOUR.total('milliseconds') };
  queue = new Bull('queue', { ...options, settings });
  queue.on('error', () => undefined);
  await waitFor(() => queue.client.status === 'ready');
  [ran, finish] = [[], new Map()];
  shutdown = new Shutdown();
  new QueueRevival({ all: [queue] } as unknown as TaskQueues, shutdown).onApplicationBootstrap();
});
afterEach(async () => {
  await shutdown.beforeApplicationShutdown();
  finish.forEach((end) => end());
  await waitFor(() => queue.client.status === 'ready');
  await queue.obliterate({ force: true });
  await queue.close();
  connections.onApplicationShutdown();
  await proxy.cut();
});

describe('a queue whose Redis was away', () => {
  it('has what fell due meanwhile run as soon as Redis is back', async () => {
    void queue.process('*', 1, async ({ id }) => void ran.push(String(id)));
    await queue.add({}, { jobId: 'before' });
    await waitFor(() => ran.length === 1);
    const { timestamp } = await queue.add({}, { jobId: 'meanwhile', delay: 1_000 });
    await proxy.cut();
    await waitFor(() => Date.now() > timestamp + 1_500);
    expect(ran).toEqual(['before']);
    await proxy.open();
    await waitFor(() => ran.length === 2, { description: 'what fell due to run' });
  });

  it('has run what Redis had given to it and it never heard of, and leaves alone what runs', async () => {
    await queue.add({}, { jobId: 'lost' });
    // Redis gives it, and it ends there.
    expect((await queue.getNextJob())?.id).toBe('lost');
    void queue.process('*', 2, async ({ id }) => {
      ran.push(String(id));
      if (id === 'long') await new Promise<void>((resolve) => finish.set(id, resolve));
    });
    await queue.add({}, { jobId: 'long' });
    await waitFor(() => finish.has('long'));

    await proxy.cut();
    await proxy.open();
    await waitFor(() => ran.includes('lost'), { description: 'the lost job to run' });
    await waitFor(async () => (await queue.getJob('lost'))?.isCompleted());
    expect(ran).toEqual(['long', 'lost']);
    expect(await queue.getJob('long')).toMatchObject({ attemptsMade: 0 });
    finish.get('long')!();
    await waitFor(async () => (await queue.getJob('long'))?.isCompleted());
  });

  it('has run soon what Redis had given away, and nobody has locked', async () => {
    await queue.add({}, { jobId: 'unlocked' });
    await queue.client.rpoplpush(queue.toKey('wait'), queue.toKey('active'));
    void queue.process('*', 1, async ({ id }) => void ran.push(String(id)));
    await waitFor(() => ran.length === 1, { description: 'the job without a lock to run' });
  });
});

describe('LostDeliveries', () => {
  it('gives back only what it has seen twice: the first time it may be on its way', async () => {
    const lost = new LostDeliveries(queue);
    const job = await queue.add({});
    await queue.getNextJob();
    expect(await lost.look()).toBe(true);
    expect(await job.getState()).toBe('active');
    expect(await lost.look()).toBe(false);
    expect(await job.getState()).toBe('delayed');
    expect(await lost.look()).toBe(false);
  });
});
