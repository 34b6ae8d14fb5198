import { waitFor } from '@budget-buddy/testing';
import type { Message } from 'amqplib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AppProcess } from '../../tools/apps/app-process';
import { ConfiguredServersUnreachableError, findConfiguredServers } from '../../tools/servers/configured-servers';
import { WholeSystem } from '../support/whole-system';
import { CertificateAuthority } from './certificates';
import { ExtraServers } from './extra-servers';
import { Renewals } from './renewals';
import { ServersWithTls } from './servers-with-tls';

const BUDGETS = 100;

const extra = new ExtraServers();
let stranger: CertificateAuthority;
let servers: ServersWithTls;
let system: WholeSystem;
let messages: Message[];

beforeAll(async () => {
  stranger = new CertificateAuthority(extra.folder, 'stranger');
  servers = await ServersWithTls.start(extra, new CertificateAuthority(extra.folder, 'authority'));
  Object.assign(process.env, servers.environment);
  system = await WholeSystem.prepare();
  messages = await system.broker.collect('BudgetRenewed');
});
afterAll(async () => {
  await system?.end();
  await extra.end();
});

/** What the app's health says is wrong, by dependency. */
async function troubles(app: AppProcess): Promise<Record<string, string>> {
  const response = await fetch(`${app.address}/health/ready`);
  const { error } = (await response.json()) as { error?: Record<string, { reason: string }> };
  return Object.fromEntries(Object.entries(error ?? {}).map(([name, { reason }]) => [name, reason]));
}

const REFUSED = expect.stringMatching(/its certificate is refused: .*(certificate|altnames)/) as string;

describe('servers that speak nothing but TLS', () => {
  it('serve the whole system', async () => {
    const apps = await Promise.all([system.start('scheduler'), system.start('worker')]);
    const renewals = new Renewals(system, BUDGETS, { first: 2, last: 4 });
    await renewals.publish();
    await renewals.untilAllDone();
    await renewals.audit(messages);
    expect((await Promise.all(apps.map((app) => app.stop()))).map(({ code }) => code)).toEqual([0, 0]);
  });

  it('are found by commands such as npm start, and trusted as by the apps', async () => {
    expect(await findConfiguredServers(servers.environment)).toHaveLength(3);
    const strange = Object.keys(servers.environment).filter((name) => name.endsWith('_TLS_CA'));
    const env = { ...servers.environment, ...Object.fromEntries(strange.map((name) => [name, stranger.file])) };
    const error: unknown = await findConfiguredServers(env).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(ConfiguredServersUnreachableError);
    expect((error as Error).message.match(/its certificate is refused/g)).toHaveLength(3);
  });

  it('are not trusted when their authority is not the configured one, and the health says so', async () => {
    const app = AppProcess.spawn('worker', {
      env: { ...system.env, BUDGETBUDDY_REDIS_TLS_CA: stranger.file, BUDGETBUDDY_RABBITMQ_TLS_CA: stranger.file },
    });
    await waitFor(() => app.address, { timeoutMs: 30_000, description: 'the worker to be up' });
    const expected = { redis: REFUSED, rabbitmq: REFUSED };
    await waitFor(async () => expect(await troubles(app)).toMatchObject(expected) ?? true);
    await app.stop();
  });

  it.each([
    ['its authority is not the configured one', () => ({ BUDGETBUDDY_POSTGRES_TLS_CA: stranger.file })],
    ['its certificate is for another name', () => ({ BUDGETBUDDY_POSTGRES_URL: url('localhost', '127.0.0.1') })],
  ])('keep an app from starting without PostgreSQL, at once: %s', async (_, settings) => {
    const startedMs = performance.now();
    const app = AppProcess.spawn('worker', { env: { ...system.env, ...settings() } });
    expect(await app.exited).toMatchObject({ code: 1 });
    expect(app.tail()).toMatch(/worker cannot start. PostgreSQL is unavailable: its certificate is refused: /);
    expect(performance.now() - startedMs).toBeLessThan(20_000);
  });
});

/** The system's database, by another name of its server. */
function url(name: string, other: string): string {
  return system.env['BUDGETBUDDY_POSTGRES_URL']!.replace(`@${name}:`, `@${other}:`);
}
