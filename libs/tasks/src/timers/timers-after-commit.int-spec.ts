import { Logger } from '@nestjs/common';
import { loadConfiguration, RedisConfiguration } from '@budget-buddy/platform';
import { TaskBench, waitFor } from '@budget-buddy/testing';
import { IsInt } from 'class-validator';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { TcpProxy } from '../../../../tools/tcp-proxy';
import { HandlesTask, Task, TaskQueues } from '..';

@Task<Knock>({ name: 'knock', queue: 'budget_renewal_queue', key: ({ door }) => `knock-${door}` })
class Knock {
  @IsInt() door!: number;
}

@HandlesTask(Knock)
class KnockHandler {
  async handle(): Promise<void> {}
}

const proxy = new TcpProxy(new URL(loadConfiguration([RedisConfiguration]).get(RedisConfiguration).url));
const doors = Array.from({ length: 20 }, (_, door) => door);
let bench: TaskBench;
const isConnected = () => bench.get(TaskQueues).all.every(({ client }) => client.status === 'ready');

beforeAll(async () => {
  await proxy.open();
  vi.stubEnv('BUDGETBUDDY_REDIS_URL', proxy.url);
  bench = await TaskBench.start({ tasks: [Knock], providers: [KnockHandler] });
});
afterAll(async () => {
  await proxy.open();
  await waitFor(isConnected);
  await bench?.close();
  await proxy.cut();
  vi.unstubAllEnvs();
});

it('tells of all timers that Redis does not take while it is away in one line for each thing it does not do', async () => {
  const warn = vi.spyOn(Logger.prototype, 'warn').mockImplementation(() => undefined);
  const lines = (text: RegExp) => warn.mock.calls.filter(([, message]) => text.test(String(message)));
  await proxy.cut();
  await waitFor(() => !isConnected());

  await Promise.all(doors.map((door) => bench.scheduler.schedule(Knock, { door }, { countdown: 'PT1H' })));
  expect(lines(/^timer not set/)).toEqual([
    [expect.objectContaining({ task: 'knock' }), 'timer not set; it is left to the reconciler'],
  ]);
  await Promise.all(doors.map((door) => bench.scheduler.cancel(`knock-${door}`, { reason: 'nobody home' })));
  expect(lines(/^timer not removed/)).toHaveLength(1);
  warn.mockRestore();
});
