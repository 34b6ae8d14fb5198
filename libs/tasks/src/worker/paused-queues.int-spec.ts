import { Readiness, Shutdown } from '@budget-buddy/platform';
import { TaskBench, waitFor } from '@budget-buddy/testing';
import { Logger } from '@nestjs/common';
import { afterAll, afterEach, beforeAll, expect, it, vi } from 'vitest';
import { HandlesTask, Task, TaskQueues } from '..';
import { BullConnections } from '../timers/bull-connections';
import { PausedQueues } from './paused-queues';

@Task<Nap>({ name: 'nap', queue: 'budget_renewal_queue', key: () => 'nap' })
class Nap {}

@HandlesTask(Nap)
class NapHandler {
  handle(): Promise<void> {
    return Promise.resolve();
  }
}

const EXPLANATION =
  'queue budget_renewal_queue is paused in Redis, its tasks wait; to go on: npm run tasks -- resume budget_renewal_queue';

const said = vi.spyOn(Logger.prototype, 'warn').mockReturnValue();
let bench: TaskBench;

beforeAll(async () => {
  bench = await TaskBench.start({ tasks: [Nap], providers: [NapHandler] });
});
afterEach(async () => {
  await bench.get(TaskQueues).all[0]!.resume();
  await waitFor(async () => (await queuesAre())!.up, { description: 'the queue to go on' });
  said.mockClear();
});
afterAll(() => bench.close());

const queuesAre = async () => (await bench.get(Readiness).check()).find(({ name }) => name === 'task-queues');

it('a queue that somebody paused is named in the readiness and once in the log, until it is resumed', async () => {
  const [queue] = bench.get(TaskQueues).all;
  expect(await queuesAre()).toEqual({ name: 'task-queues', up: true });
  await queue!.pause();
  await waitFor(() => said.mock.calls.length > 0, { description: 'the log to tell of it without being asked' });
  for (let probe = 0; probe < 3; probe++) {
    expect(await queuesAre()).toEqual({ name: 'task-queues', up: false, reason: EXPLANATION });
  }
  expect(said.mock.calls).toEqual([[EXPLANATION]]);
  await queue!.resume();
  expect(await queuesAre()).toEqual({ name: 'task-queues', up: true });
});

it('a queue that was paused while nobody could hear of it is told of when the connection is back', async () => {
  const listening = bench.get(BullConnections).open('subscriber');
  await waitFor(() => listening.status === 'ready', { description: 'Redis to be listened to' });
  listening.disconnect();
  await waitFor(() => listening.status === 'end', { description: 'the connection to be gone' });
  await bench.get(TaskQueues).all[0]!.pause();
  expect(said.mock.calls).toEqual([]);
  await listening.connect();
  await waitFor(() => said.mock.calls.length > 0, { description: 'the log to tell of it without being asked' });
  expect(said.mock.calls).toEqual([[EXPLANATION]]);
});

it('a queue that was paused before is told of also on a connection that is there already', async () => {
  const [queues, connections] = [bench.get(TaskQueues), bench.get(BullConnections)];
  await waitFor(() => connections.open('subscriber').status === 'ready', { description: 'Redis to be listened to' });
  await queues.all[0]!.pause();
  await waitFor(() => said.mock.calls.length === 1, { description: 'the worker to tell of it' });
  new PausedQueues(queues, connections, new Readiness(new Shutdown())).onApplicationBootstrap();
  await waitFor(() => said.mock.calls.length === 2, { description: 'the one that begins later to tell of it' });
  expect(said.mock.calls).toEqual([[EXPLANATION], [EXPLANATION]]);
});
