import { loadConfiguration, openRedis, RedisConfiguration } from '@budget-buddy/platform';
import type { Message } from 'amqplib';
import type { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AppProcess } from '../../tools/apps/app-process';
import { findConfiguredServers } from '../../tools/servers/configured-servers';
import { WholeSystem } from '../support/whole-system';
import { ExtraServers } from './extra-servers';
import { RedisBehindSentinels } from './redis-behind-sentinels';
import { Renewals } from './renewals';

const BUDGETS = 200;

const servers = new ExtraServers();
let redis: RedisBehindSentinels;
let system: WholeSystem;
let messages: Message[];
let apps: AppProcess[];

beforeAll(async () => {
  redis = await RedisBehindSentinels.start(servers);
  Object.assign(process.env, redis.environment);
  system = await WholeSystem.prepare({
    BUDGETBUDDY_TASK_STALLED_AFTER: 'PT3S',
    BUDGETBUDDY_RECONCILE_INTERVAL: 'PT1S',
  });
  messages = await system.broker.collect('BudgetRenewed');
  apps = await Promise.all([system.start('scheduler'), system.start('worker'), system.start('worker')]);
});
afterAll(async () => {
  await system?.end();
  await servers.end();
});

/** Whatever errors come before. */
const became = (client: Redis, status: string) => new Promise((resolve) => client.once(status, resolve));

async function connected(): Promise<Redis> {
  const client = openRedis(loadConfiguration([RedisConfiguration]).get(RedisConfiguration)) as Redis;
  client.on('error', () => undefined);
  await became(client, 'ready');
  return client;
}

/** As ioredis does when it hears `+switch-master` from a Sentinel. */
function toldOfFailover(client: Redis): void {
  (
    client as unknown as { connector: { failoverDetector: { disconnect(): void } } }
  ).connector.failoverDetector.disconnect();
}

const missing = async () => {
  const { fn } = system.db;
  const row = await system.db
    .selectFrom('tasks.reconciliation')
    .select(fn.sum<string>('missing').as('n'))
    .executeTakeFirst();
  return Number(row?.n ?? 0);
};

describe('a Redis behind three Sentinels', () => {
  it('is found by commands such as npm start', async () => {
    expect(await findConfiguredServers(redis.environment)).toHaveLength(1);
    const wrong = { ...redis.environment, BUDGETBUDDY_REDIS_SENTINEL_PASSWORD: 'wrong' };
    await expect(findConfiguredServers(wrong)).rejects.toThrow('WRONGPASS');
  });

  it('is connected to again when it fails over while a client asks who the master is', async () => {
    const client = await connected();
    client.disconnect(true);
    await became(client, 'connecting');
    toldOfFailover(client);
    await became(client, 'end');
    await became(client, 'ready');
    expect(await client.ping()).toBe('PONG');
    client.disconnect();
  });

  it.each(['ready', 'connecting'])('is left by a client that is closed when it is %s', async (status) => {
    const client = await connected();
    if (status === 'connecting') {
      client.disconnect(true);
      await became(client, 'connecting');
    }
    client.disconnect();
    await became(client, 'end');
    await new Promise((resolve) => setImmediate(resolve));
    expect(client.status).toBe('end');
  });

  it('is taken over by a replica that lacks the newest timers, and every budget is renewed once', async () => {
    // The first is due well after the kill, and the kill well within the time that the replica counts, however slow this is.
    const renewals = new Renewals(system, BUDGETS, { first: 14, last: 19 });
    const [copied, lost] = [renewals.budgets.slice(0, BUDGETS / 2), renewals.budgets.slice(BUDGETS / 2)];
    await renewals.publish(copied);
    await renewals.until('known', BUDGETS / 2);
    await redis.cutReplication();
    await renewals.publish(lost);
    await renewals.until('known', BUDGETS);
    const foundBefore = await missing();

    await redis.master.kill();
    const killedAt = await renewals.progress();
    expect(killedAt.renewed).toBeLessThan(BUDGETS / 2);
    const seconds = await renewals.untilAllDone();
    await renewals.audit(messages);
    const found = (await missing()) - foundBefore;
    expect(found).toBeGreaterThanOrEqual(BUDGETS / 2);
    report(
      `killed after ${killedAt.renewed} of ${BUDGETS} renewals, all done ${seconds.toFixed(1)} s later; ` +
        `${found} timers were lost and set again; the latest renewal came ` +
        `${(await renewals.longestLateness()).toFixed(1)} s after its time`,
    );
  });

  it('lets the apps end in good order', async () => {
    expect((await Promise.all(apps.map((app) => app.stop()))).map(({ code }) => code)).toEqual([0, 0, 0]);
  });
});

function report(line: string): void {
  process.stdout.write(`  ${line}\n`);
}
