import { waitFor } from '@budget-buddy/testing';
import type { Message } from 'amqplib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AppProcess } from '../../tools/apps/app-process';
import { findConfiguredServers } from '../../tools/servers/configured-servers';
import { bullQueueOf } from '../support/bull-queue';
import { WholeSystem } from '../support/whole-system';
import { ExtraServers } from './extra-servers';
import { RedisCluster } from './redis-cluster';
import { Renewals } from './renewals';

const BUDGETS = 300;
const QUEUES = ['budget_renewal_queue', 'reminders', 'reports'] as const;

const servers = new ExtraServers();
let cluster: RedisCluster;
let system: WholeSystem;
let messages: Message[];
let apps: AppProcess[];

beforeAll(async () => {
  cluster = await RedisCluster.start(servers);
  process.env['BUDGETBUDDY_REDIS_URL'] = cluster.url;
  system = await WholeSystem.prepare({
    BUDGETBUDDY_QUEUES: QUEUES.join(),
    BUDGETBUDDY_TASK_STALLED_AFTER: 'PT3S',
    BUDGETBUDDY_RECONCILE_INTERVAL: 'PT1S',
    BUDGETBUDDY_POSTGRES_POOL_SIZE: '40',
  });
  messages = await system.broker.collect('BudgetRenewed');
  apps = await Promise.all([system.start('scheduler'), system.start('worker'), system.start('worker')]);
});
afterAll(async () => {
  await system?.end();
  cluster?.disconnect();
  await servers.end();
});

const stop = async () => (await Promise.all(apps.map((app) => app.stop()))).map(({ code }) => code);

describe('a Redis Cluster of three masters and their replicas', () => {
  it('is found by commands such as npm start', async () => {
    expect(await findConfiguredServers({ BUDGETBUDDY_REDIS_URL: cluster.url })).toHaveLength(1);
  });

  it('can keep different queues on different masters', async () => {
    const slots = await Promise.all(QUEUES.map((queue) => cluster.slotOf(`${prefixOf(queue)}:${queue}:delayed`)));
    expect(new Set(slots).size).toBe(QUEUES.length);
    // The workers have left something in each: the mark by which they see that memory is lost.
    const marks = QUEUES.map((queue) => cluster.has(`${prefixOf(queue)}:${queue}:memory`));
    expect(await Promise.all(marks)).toEqual([true, true, true]);
  });

  it('loses the master that holds the timers while they fire, and every budget is renewed once', async () => {
    const renewals = new Renewals(system, BUDGETS, { first: 6, last: 14 });
    await renewals.publish();
    await renewals.until('renewed', BUDGETS / 6);

    const master = await cluster.masterOf(prefixOf(QUEUES[0]));
    await master.kill();
    const killedAt = await renewals.progress();
    expect(killedAt.renewed).toBeLessThan(BUDGETS);
    const seconds = await renewals.untilAllDone();
    await renewals.audit(messages);
    report(
      `killed after ${killedAt.renewed} of ${BUDGETS} renewals, all done ${seconds.toFixed(1)} s later; ` +
        `the latest came ${(await renewals.longestLateness()).toFixed(1)} s after its time`,
    );
    await master.start();
  });

  it('forgets its timers, and gets them back', async () => {
    const timers = bullQueueOf(system);
    await waitFor(async () => (await timers.getDelayedCount()) === BUDGETS, { description: 'all timers to be set' });
    await cluster.wipe(await cluster.masterOf(prefixOf(QUEUES[0])));
    await waitFor(async () => (await timers.getDelayedCount()) === BUDGETS, { description: 'all timers to be back' });
    await timers.close();
  });

  it('lets the apps end in good order', async () => {
    expect(await stop()).toEqual([0, 0, 0]);
  });
});

function prefixOf(queue: string): string {
  return `{${system.env['BUDGETBUDDY_REDIS_PREFIX']}:${queue}}`;
}

function report(line: string): void {
  process.stdout.write(`  ${line}\n`);
}
