import { loadavg } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import { type Database, loadConfiguration, RedisConfiguration } from '@budget-buddy/platform';
import { OpenTasks } from '@budget-buddy/tasks';
import type { TestBroker } from '@budget-buddy/testing';
import { Redis } from 'ioredis';
import { type AppName, AppProcess } from '../apps/app-process';
import { type Comparison, Comparisons } from './comparisons';
import { liveTraffic, type TrafficFigures } from './live-traffic';
import { residentMemory } from './resident-memory';

const SETTINGS = {
  BUDGETBUDDY_RENEWAL_LEAD_TIME: 'PT0S',
  // All timers are compared when the bench wants it, and not by the clock.
  BUDGETBUDDY_RECONCILE_ALL_INTERVAL: 'P1D',
  BUDGETBUDDY_SCHEDULER_PORT: '0',
  BUDGETBUDDY_WORKER_PORT: '0',
  BUDGETBUDDY_LOG_FORMAT: 'json',
  BUDGETBUDDY_LOG_LEVEL: 'info',
};

/** What the bench works on: names of its own on the servers, with rows that have no timers yet. */
export interface BenchPlace {
  readonly database: Database;
  readonly broker: TestBroker;
  readonly env: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
}

/** What went on, and how the traffic fared meanwhile. */
export interface Phase {
  /** Undefined when nothing was compared. */
  readonly comparison?: Comparison;
  readonly traffic: TrafficFigures;
  /** The load of the machine when it began: runnable processes. */
  readonly load: number;
}

/** A scheduler and a worker at work, as processes of their own, whose reconciler is given something to do. */
export class ReconcilerBench {
  private readonly redis = new Redis(loadConfiguration([RedisConfiguration]).get(RedisConfiguration).url);
  private readonly comparisons = new Comparisons();
  private readonly apps: AppProcess[] = [];

  constructor(private readonly place: BenchPlace) {}

  /** Starts the apps: the worker finds that all timers are missing, as after a wipe, and sets them. */
  async rebuild(): Promise<Phase & { readonly bytesATimer: number; readonly residentWhenReady: number }> {
    const before = await this.usedMemory();
    await this.start('scheduler').ready({ signal: this.place.signal });
    const rebuilding = this.comparisons.next(this.place.signal);
    const worker = await this.start('worker').ready({ signal: this.place.signal });
    const residentWhenReady = residentMemory(worker.pid).now;
    const phase = await this.trafficDuring(rebuilding);
    const bytesATimer = ((await this.usedMemory()) - before) / phase.comparison!.missing;
    return { ...phase, bytesATimer, residentWhenReady };
  }

  /** Traffic alone. */
  quiet(seconds: number): Promise<Phase> {
    return this.trafficDuring(delay(seconds * 1000).then(() => undefined));
  }

  /** Has all timers compared, which are right: the mark is gone by which the reconciler knows the memory of Redis. */
  async compare(): Promise<Phase> {
    const comparing = this.comparisons.next(this.place.signal);
    await this.redis.del(`${this.place.env['BUDGETBUDDY_REDIS_PREFIX']}:budget_renewal_queue:memory`);
    return this.trafficDuring(comparing);
  }

  /** The most the worker ever had in memory, in bytes. */
  get mostResident(): number {
    return residentMemory(this.apps.at(-1)!.pid).most;
  }

  /** How PostgreSQL finds a page in the middle. */
  async plan(): Promise<string> {
    const tasks = new OpenTasks(this.place.database);
    const { next } = await tasks.page(undefined, undefined, 1000);
    return tasks.explain(undefined, next, 1000);
  }

  async end(): Promise<void> {
    await Promise.all(this.apps.map((app) => app.kill()));
    this.redis.disconnect();
  }

  private start(name: AppName): AppProcess {
    const app = AppProcess.spawn(name, { env: { ...this.place.env, ...SETTINGS }, onLine: this.comparisons.read });
    this.apps.push(app);
    return app;
  }

  private async trafficDuring(work: Promise<Comparison | undefined>): Promise<Phase> {
    const load = loadavg()[0]!;
    const traffic = await liveTraffic(this.place.database, this.place.broker, work);
    return { comparison: await work, traffic, load };
  }

  private async usedMemory(): Promise<number> {
    return Number(/used_memory:(\d+)/.exec(await this.redis.info('memory'))![1]);
  }
}
