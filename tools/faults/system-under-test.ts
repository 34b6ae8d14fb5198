import { schema } from '@budget-buddy/budgets';
import {
  loadConfiguration,
  migrate,
  openDatabase,
  PostgresConfiguration,
  RabbitConfiguration,
} from '@budget-buddy/platform';
import type { AppName } from '../apps/app-process';
import { type ServerKind, serverKinds, type Servers, startServers } from '../servers';
import { serverNames } from '../servers/server';
import { TcpProxy } from '../tcp-proxy';
import { SupervisedApp } from './supervised-app';

export interface SystemOptions {
  readonly schedulers: number;
  readonly workers: number;
  /** Of all apps. */
  readonly settings: Readonly<Record<string, string>>;
  readonly logFolder: string;
  readonly print: (line: string) => void;
  /** Gives up starting. */
  readonly signal: AbortSignal;
}

const MEASURE_INTERVAL_MS = 1_000;

/**
 * The whole system, to be broken: servers of its own, the built apps as processes, and between the two a proxy for each
 * server, so that the network can be cut. Who looks at it, or talks to it as other services do, goes straight to the
 * servers.
 */
export class SystemUnderTest {
  private readonly measuring: NodeJS.Timeout;

  private constructor(
    readonly servers: Servers,
    /** The network between the apps and each server. */
    readonly network: Readonly<Record<ServerKind, TcpProxy>>,
    readonly apps: readonly SupervisedApp[],
  ) {
    this.measuring = setInterval(() => apps.forEach((app) => void app.measureMemory()), MEASURE_INTERVAL_MS);
  }

  /** Starts all of it; resolves when all apps are ready. Leaves nothing behind when it throws. */
  static async start(options: SystemOptions): Promise<SystemUnderTest> {
    const { print, signal } = options;
    // Never those that the environment names: they will be killed.
    const servers = await startServers({ env: {}, onProgress: print, handleSignals: false, signal });
    try {
      signal.throwIfAborted();
      const system = await SystemUnderTest.on(servers, options);
      return await system.started(signal);
    } catch (error) {
      await servers.stop();
      throw error;
    }
  }

  private static async on(servers: Servers, { schedulers, workers, settings, logFolder }: SystemOptions) {
    await bringUpToDate(servers.postgres.url);
    const network = await openNetwork(servers);
    const addresses = serverKinds.map((kind) => [serverNames[kind].variable, network[kind].url]);
    const env = { ...ANY_PORT, ...settings, ...(Object.fromEntries(addresses) as Record<string, string>) };
    const make = (role: AppName, count: number) =>
      Array.from({ length: count }, (_, index) => new SupervisedApp(role, `${role}-${index + 1}`, { env, logFolder }));
    return new SystemUnderTest(servers, network, [...make('scheduler', schedulers), ...make('worker', workers)]);
  }

  /** Where other services find the broker: the vhost written out. */
  get brokerUrl(): string {
    return brokerUrl(this.servers);
  }

  app(name: string): SupervisedApp {
    const app = this.apps.find((each) => each.name === name);
    if (!app)
      throw new Error(`there is no app ${name}, expected one of ${this.apps.map((each) => each.name).join(', ')}`);
    return app;
  }

  /** Ends everything, in whatever state it is. */
  async stop(): Promise<void> {
    clearInterval(this.measuring);
    await Promise.all(this.apps.map((app) => app.close()));
    await Promise.all(serverKinds.map((kind) => this.network[kind].cut()));
    await this.servers.stop();
  }

  private async started(signal: AbortSignal): Promise<this> {
    try {
      for (const app of this.apps) app.start();
      for (const app of this.apps) await app.ready(signal);
      return this;
    } catch (error) {
      await this.stop();
      throw error;
    }
  }
}

const ANY_PORT = { BUDGETBUDDY_SCHEDULER_PORT: '0', BUDGETBUDDY_WORKER_PORT: '0' };

async function openNetwork(servers: Servers): Promise<Record<ServerKind, TcpProxy>> {
  const targets = { rabbitmq: brokerUrl(servers), postgres: servers.postgres.url, redis: servers.redis.url };
  const proxies = serverKinds.map((kind) => [kind, new TcpProxy(new URL(targets[kind]))] as const);
  for (const [, proxy] of proxies) await proxy.open();
  return Object.fromEntries(proxies) as Record<ServerKind, TcpProxy>;
}

function brokerUrl(servers: Servers): string {
  const [url] = loadConfiguration([RabbitConfiguration], servers.env).get(RabbitConfiguration).urls;
  return url!;
}

async function bringUpToDate(url: string): Promise<void> {
  const configuration = loadConfiguration([PostgresConfiguration], { BUDGETBUDDY_POSTGRES_URL: url });
  const db = openDatabase(configuration.get(PostgresConfiguration));
  try {
    await migrate(db, schema);
  } finally {
    await db.destroy();
  }
}
