import { TaskBench, waitFor } from '@budget-buddy/testing';
import { IsString } from 'class-validator';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { HandlesTask, Task, TaskQueues } from '..';

@Task<Ours>({ name: 'ours', queue: 'our_queue', key: () => 'ours' })
class Ours {
  @IsString()
  what!: string;
}

@Task<Theirs>({ name: 'theirs', queue: 'their_queue', key: () => 'theirs' })
class Theirs {
  @IsString()
  what!: string;
}

class Handler {
  handle(): Promise<void> {
    return Promise.resolve();
  }
}

@HandlesTask(Ours)
class OursHandler extends Handler {}

@HandlesTask(Theirs)
class TheirsHandler extends Handler {}

let bench: TaskBench;
beforeAll(async () => {
  vi.stubEnv('BUDGETBUDDY_QUEUES', 'our_queue,their_queue');
  vi.stubEnv('BUDGETBUDDY_WORKER_QUEUES', 'our_queue');
  bench = await TaskBench.start({ tasks: [Ours, Theirs], providers: [OursHandler, TheirsHandler] });
});
afterAll(async () => {
  await bench.close();
  vi.unstubAllEnvs();
});

it('works on the queues it is to work on, and leaves those of others to them', async () => {
  const now = { eta: bench.clock.now() };
  await bench.scheduler.schedule(Theirs, { what: 'x' }, now);
  await bench.scheduler.schedule(Ours, { what: 'x' }, now);
  await waitFor(async () => (await bench.ledger.find('ours'))?.status === 'succeeded', {
    description: 'our task to be done',
  });
  expect(await bench.ledger.find('theirs')).toMatchObject({ status: 'scheduled', history: [] });
  expect(await bench.get(TaskQueues).named('their_queue', 'theirs').getWaitingCount()).toBe(1);
});
