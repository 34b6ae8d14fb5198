import { Readiness } from '@budget-buddy/platform';
import { TaskBench, waitFor } from '@budget-buddy/testing';
import { Logger } from '@nestjs/common';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { HandlesTask, Task, TaskQueues } from '..';

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
