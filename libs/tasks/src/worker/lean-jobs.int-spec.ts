import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { loadConfiguration, RedisConfiguration } from '@budget-buddy/platform';
import { waitFor } from '@budget-buddy/testing';
import Bull from 'bull';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { leanJobs } from './lean-jobs';

/** Longer than the pauses of a busy machine: Bull renews a lock when half of its time is over. */
const LOCK_MS = 1_000;
const { url } = loadConfiguration([RedisConfiguration]).get(RedisConfiguration);
let queue: Bull.Queue;

beforeEach(() => {
  queue = new Bull('queue', url, { prefix: `test-${randomUUID()}`, settings: { lockDuration: LOCK_MS } });
  leanJobs(queue);
});
afterEach(async () => {
  await queue.obliterate({ force: true });
  await queue.close();
});

it('keeps the lock of a job however long it runs, and lets it go afterwards', async () => {
  let end = (): void => undefined;
  void queue.process('*', () => new Promise<void>((resolve) => (end = resolve)));
  const job = await queue.add({});
  await waitFor(() => job.isActive());
  await delay(3 * LOCK_MS);
  expect(await queue.client.exists(job.lockKey())).toBe(1);
  end();
  await waitFor(() => job.isCompleted());
  expect(await queue.client.exists(job.lockKey())).toBe(0);
});

it('throws nothing for a job that has not failed, and keeps the stack trace of one that has', async () => {
  const parse = vi.spyOn(JSON, 'parse');
  void queue.process('*', (job) =>
    job.attemptsMade === 0 ? Promise.reject(new Error('at first')) : Promise.resolve(1),
  );
  const job = await queue.add({}, { attempts: 2 });
  await waitFor(() => job.isCompleted());
  const failures = parse.mock.results.filter(({ type }) => type === 'throw');
  parse.mockRestore();
  expect(failures).toEqual([]);
  expect((await queue.getJob(job.id))?.stacktrace).toEqual([expect.stringContaining('at first')]);
});

it('closes when the running job is done', async () => {
  let done = false;
  void queue.process('*', async () => {
    await delay(LOCK_MS);
    done = true;
  });
  const job = await queue.add({});
  await waitFor(() => job.isActive());
  await queue.pause(true);
  expect(done).toBe(true);
});
