import { Redis } from 'ioredis';
import { setTimeout as delay } from 'node:timers/promises';
import type { Server, ServerKind } from '../servers';
import type { PlannedFault } from './fault-plan';
import type { Span } from './fault-windows';
import type { SystemUnderTest } from './system-under-test';

/** A fault that was injected, from when it struck until what it struck was there again; in ms since 1970. */
export interface InjectedFault extends Span {
  readonly fault: PlannedFault;
}

const SLOW_MS = 150;
const BETWEEN_TRIES_MS = 100;
const WIPE_WITHIN_MS = 30_000;

/** Carries out a plan. Faults of one target wait for each other, those of different ones overlap. */
export class FaultInjector {
  readonly injected: InjectedFault[] = [];
  private readonly busy = new Map<string, Promise<void>>();

  constructor(
    private readonly system: SystemUnderTest,
    private readonly print: (line: string) => void,
  ) {}

  /**
   * Resolves when all faults are over and everything is there again.
   * @param startMs when the run starts, in ms since 1970.
   */
  async run(plan: readonly PlannedFault[], startMs: number, signal: AbortSignal): Promise<void> {
    const faults = plan.map(async (fault) => {
      await delay(Math.max(0, startMs + fault.atMs - Date.now()), undefined, { signal });
      await this.inTurn(fault, () => this.inject(fault, signal));
    });
    await Promise.all(faults);
  }

  /** What is struck: a server and the network before it can be struck at the same time. */
  private inTurn({ kind, target }: PlannedFault, work: () => Promise<void>): Promise<void> {
    const key = kind === 'cut' ? `network of ${target}` : target;
    const turn = (this.busy.get(key) ?? Promise.resolve()).then(work);
    this.busy.set(key, turn);
    return turn;
  }

  private async inject(fault: PlannedFault, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    const fromMs = Date.now();
    this.print(`${describeFault(fault)}`);
    await this.strike(fault, signal);
    this.injected.push({ fault, fromMs, toMs: Date.now() });
  }

  private strike(fault: PlannedFault, signal: AbortSignal): Promise<void> {
    switch (fault.kind) {
      case 'kill':
        return this.killApp(fault, signal);
      case 'wipe':
        return this.wipe(signal);
      case 'restart':
        return this.restart(fault, signal);
      case 'freeze':
        return this.freeze(fault, signal);
      case 'cut':
        return this.cut(fault, signal);
    }
  }

  private async killApp({ target, forMs }: PlannedFault, signal: AbortSignal): Promise<void> {
    const app = this.system.app(target);
    await app.kill();
    await delay(forMs, undefined, { signal });
    app.start();
    await app.up(signal);
  }

  /** A Redis that is away just now is wiped as soon as it is back. */
  private async wipe(signal: AbortSignal): Promise<void> {
    const deadline = performance.now() + WIPE_WITHIN_MS;
    for (;;) {
      try {
        return await flush(this.system.servers.redis.url);
      } catch (error) {
        if (performance.now() > deadline) throw error;
        await delay(BETWEEN_TRIES_MS, undefined, { signal });
      }
    }
  }

  private async restart({ target, how, forMs }: PlannedFault, signal: AbortSignal): Promise<void> {
    const server = this.server(target);
    await server.kill(how === 'orderly' ? ORDERLY[server.kind] : 'SIGKILL');
    await delay(forMs, undefined, { signal });
    await server.start();
  }

  private async freeze({ target, forMs }: PlannedFault, signal: AbortSignal): Promise<void> {
    const app = this.system.apps.find(({ name }) => name === target);
    if (app) app.freeze();
    else await this.server(target).pause();
    try {
      await delay(forMs, undefined, { signal });
    } finally {
      if (app) app.thaw();
      else await this.server(target).resume();
    }
  }

  private async cut({ target, how, forMs }: PlannedFault, signal: AbortSignal): Promise<void> {
    const network = this.system.network[target as ServerKind];
    if (how === 'refuse') await network.cut();
    else if (how === 'stall') network.freeze();
    else network.slowDown(SLOW_MS);
    await delay(forMs, undefined, { signal });
    if (how === 'refuse') await network.open();
    else if (how === 'stall') network.thaw();
    else network.slowDown(0);
  }

  private server(target: string): Server {
    return this.system.servers[target as ServerKind];
  }
}

/** How each server is asked to end in good order. */
const ORDERLY: Record<ServerKind, NodeJS.Signals> = { rabbitmq: 'SIGTERM', postgres: 'SIGINT', redis: 'SIGTERM' };

export function describeFault({ kind, target, how, forMs }: PlannedFault): string {
  const lasting = forMs > 0 ? `, for ${(forMs / 1000).toFixed(1)} s` : '';
  return `${kind} ${kind === 'cut' ? `network to ${target}` : target} (${how}${lasting})`;
}

async function flush(url: string): Promise<void> {
  const redis = new Redis(url, { lazyConnect: true, retryStrategy: null, commandTimeout: 5_000 });
  redis.on('error', () => undefined);
  try {
    await redis.connect();
    await redis.flushall();
  } finally {
    redis.disconnect();
  }
}
