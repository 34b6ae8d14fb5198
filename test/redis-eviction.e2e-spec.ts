import { waitFor } from '@budget-buddy/testing';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { AppProcess } from '../tools/apps/app-process';
import { type Servers, startServers } from '../tools/servers';
import { WholeSystem } from './support/whole-system';

let servers: Servers;
let redis: Redis;
let system: WholeSystem;

/** A Redis of its own, for the policy is the whole server's. */
beforeAll(async () => {
  servers = await startServers({ env: { ...process.env, BUDGETBUDDY_REDIS_URL: undefined } });
  redis = new Redis(servers.redis.url);
  system = await WholeSystem.prepare({ BUDGETBUDDY_REDIS_URL: servers.redis.url });
});

afterAll(async () => {
  await system.end();
  redis.disconnect();
  await servers.stop();
});

interface Health {
  readonly details: Readonly<Record<string, { readonly status: string; readonly reason?: string }>>;
}

async function health({ address }: AppProcess): Promise<{ code: number; down: Record<string, string | undefined> }> {
  const response = await fetch(`${address}/health/ready`);
  const { details } = (await response.json()) as Health;
  const down = Object.entries(details).filter(([, { status }]) => status !== 'up');
  return { code: response.status, down: Object.fromEntries(down.map(([name, { reason }]) => [name, reason])) };
}

it.each(['scheduler', 'worker'] as const)(
  'a %s is not ready on a Redis that evicts, says why, and is once it does not',
  async (name) => {
    const app = await system.start(name);
    await redis.config('SET', 'maxmemory-policy', 'allkeys-lru');
    const { code, down } = await health(app);
    expect(code).toBe(503);
    expect(down).toEqual({
      'redis-eviction':
        'maxmemory-policy of Redis is allkeys-lru, expected noeviction: timers of budget_renewal_queue would be evicted',
    });
    await redis.config('SET', 'maxmemory-policy', 'noeviction');
    await waitFor(async () => (await health(app)).code === 200, { description: 'the app to be ready' });
  },
);
