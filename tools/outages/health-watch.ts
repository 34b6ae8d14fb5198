import { setTimeout as delay } from 'node:timers/promises';
import type { SupervisedApp } from '../faults/supervised-app';

/** One answer of a health endpoint. */
export interface HealthAnswer {
  readonly app: string;
  readonly endpoint: 'live' | 'ready';
  /** When it was asked and when it had answered, in ms since 1970. */
  readonly askedMs: number;
  readonly answeredMs: number;
  /** The HTTP status; undefined when there was no answer. */
  readonly code?: number;
  /** What is down, by name, with the reason. */
  readonly down: Readonly<Record<string, string>>;
}

const EVERY_MS = 250;
/** No answer for so long is none. */
const PATIENCE_MS = 10_000;

/** Asks every app for its health all the time, as an orchestrator does, but more often. */
export class HealthWatch {
  readonly answers: HealthAnswer[] = [];
  private readonly stopping = new AbortController();
  private readonly asking: Promise<void>[];

  constructor(apps: readonly SupervisedApp[]) {
    this.asking = apps.flatMap((app) => [this.keepAsking(app, 'live'), this.keepAsking(app, 'ready')]);
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    await Promise.all(this.asking);
  }

  private async keepAsking(app: SupervisedApp, endpoint: HealthAnswer['endpoint']): Promise<void> {
    const { signal } = this.stopping;
    while (!signal.aborted) {
      this.answers.push(await ask(app, endpoint));
      await delay(EVERY_MS, undefined, { signal }).catch(() => undefined);
    }
  }
}

interface HealthBody {
  readonly details?: Readonly<Record<string, { readonly status: string; readonly reason?: string }>>;
}

async function ask({ name, address }: SupervisedApp, endpoint: HealthAnswer['endpoint']): Promise<HealthAnswer> {
  const askedMs = Date.now();
  try {
    const response = await fetch(`${address}/health/${endpoint}`, { signal: AbortSignal.timeout(PATIENCE_MS) });
    const { details = {} } = (await response.json()) as HealthBody;
    const down = Object.entries(details).filter(([, { status }]) => status !== 'up');
    const reasons = Object.fromEntries(down.map(([each, { reason }]) => [each, reason ?? 'no reason']));
    return { app: name, endpoint, askedMs, answeredMs: Date.now(), code: response.status, down: reasons };
  } catch {
    return { app: name, endpoint, askedMs, answeredMs: Date.now(), down: {} };
  }
}
