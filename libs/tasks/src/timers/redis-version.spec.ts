import { Readiness, Shutdown } from '@budget-buddy/platform';
import type { Queue } from 'bull';
import { describe, expect, it } from 'vitest';
import { RedisVersion } from './redis-version';
import type { TaskQueues } from './task-queues';

/** What `/health/ready` says of a queue whose server says this of itself. */
async function readinessOn(info: string) {
  const queue = { name: 'renewals', toKey: (key: string) => key, client: { eval: async () => info } };
  const readiness = new Readiness(new Shutdown());
  new RedisVersion({ all: [queue as unknown as Queue] } as unknown as TaskQueues, readiness);
  return readiness.check();
}

describe('the version of Redis', () => {
  it.each(['6.0.16', '5.0.14', '2.8.9'])('%s is refused', async (version) => {
    expect(await readinessOn(`# Server\r\nredis_version:${version}\r\nredis_mode:standalone`)).toEqual([
      {
        name: 'redis-version',
        up: false,
        reason: `Redis is ${version}, expected 6.2 or later: lost timers of renewals would not be found`,
      },
    ]);
  });

  it.each(['redis_version:6.2.0', 'redis_version:7.0.15', 'redis_version:10.0', 'server_name:other'])(
    '%s will do',
    async (info) => {
      expect(await readinessOn(`# Server\r\n${info}\r\n`)).toEqual([{ name: 'redis-version', up: true }]);
    },
  );
});
