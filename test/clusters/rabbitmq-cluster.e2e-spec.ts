import { setTimeout as delay } from 'node:timers/promises';
import { waitFor } from '@budget-buddy/testing';
import type { Message } from 'amqplib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AppProcess } from '../../tools/apps/app-process';
import type { Wire } from '../support/budget-events';
import { WholeSystem } from '../support/whole-system';
import { ExtraServers } from './extra-servers';
import { RabbitCluster } from './rabbitmq-cluster';
import { Renewals } from './renewals';

const BUDGETS = 300;
/** Events are published one after the other, so that the node is lost while they flow. */
const PAUSE_MS = 20;

const servers = new ExtraServers();
let cluster: RabbitCluster;
let system: WholeSystem;
let messages: Message[];
let apps: AppProcess[];

beforeAll(async () => {
  cluster = await RabbitCluster.start(servers);
  // The test publishes to and listens on the first node; the apps begin with the second, which so leads their queues.
  process.env['BUDGETBUDDY_RABBITMQ_URL'] = cluster.urlFrom(0);
  system = await WholeSystem.prepare({ BUDGETBUDDY_RABBITMQ_URL: cluster.urlFrom(1) });
  messages = await system.broker.collect('BudgetRenewed');
  apps = await Promise.all([system.start('scheduler'), system.start('worker')]);
});
afterAll(async () => {
  await system?.end();
  await servers.end();
});

/** As a careful publisher does: until the broker has confirmed it. */
const publish = (budget: Wire) =>
  waitFor(async () => (await system.broker.client.publish('BudgetCreated', budget)).routed, { timeoutMs: 30_000 });

describe('a RabbitMQ cluster of three nodes', () => {
  it('loses the node that leads the queue while events flow, and each event is handled and each told of', async () => {
    const leader = await cluster.leaderOf(system.broker.queue);
    expect(cluster.nodes.indexOf(leader)).toBe(1);
    const renewals = new Renewals(system, BUDGETS, { first: 2, last: 12 });
    const publishing: Promise<unknown>[] = [];
    const killed = renewals.until('known', BUDGETS / 3).then(async () => {
      await leader.kill();
      const at = await renewals.progress();
      return { ...at, published: publishing.length, ms: performance.now() };
    });
    for (const budget of renewals.budgets) {
      publishing.push(publish(budget));
      await delay(PAUSE_MS);
    }
    const killedAt = await killed;
    expect(killedAt.published).toBeLessThan(BUDGETS);
    await Promise.all(publishing);
    await renewals.untilAllDone();
    await renewals.audit(messages);
    report(
      `killed with ${killedAt.published} of ${BUDGETS} events published and ${killedAt.renewed} budgets renewed; ` +
        `all done ${((performance.now() - killedAt.ms) / 1000).toFixed(1)} s later`,
    );
  });

  it('lets the apps end in good order', async () => {
    expect((await Promise.all(apps.map((app) => app.stop()))).map(({ code }) => code)).toEqual([0, 0]);
  });
});

function report(line: string): void {
  process.stdout.write(`  ${line}\n`);
}
