import { sql } from 'kysely';
import type { AppProcess } from '../apps/app-process';
import type { Metering } from '../bench/metering';
import type { Place } from '../bench/place';
import type { Figure, Sample } from '../bench/row';
import { stored } from '../bench/stored';
import type { Servers } from '../servers';
import { cpuMsOf, machineBusyMs } from './cpu-time';

/** What {@link CostMeter} finds; `cpu…`: ms of one processor, for each of what was done. */
export const COST_FIGURES: readonly Figure[] = [
  { id: 'cores', title: 'cores busy', unit: '', better: 'less' },
  { id: 'cpuApps', title: 'CPU: the apps', unit: 'ms', better: 'less' },
  { id: 'cpuPostgres', title: 'CPU: PostgreSQL', unit: 'ms', better: 'less' },
  { id: 'cpuRedis', title: 'CPU: Redis', unit: 'ms', better: 'less' },
  { id: 'cpuRabbit', title: 'CPU: RabbitMQ', unit: 'ms', better: 'less' },
  { id: 'wal', title: 'WAL', unit: 'B', better: 'less' },
  { id: 'disk', title: 'PostgreSQL grew by', unit: 'B', better: 'less' },
];

/** Meters what a piece of work costs each of those that take part. */
export class CostMeter {
  private sample: Sample = {};

  /** @param count of what is done while it is metered. */
  constructor(
    private readonly place: Place,
    private readonly servers: Servers,
    private readonly apps: () => readonly AppProcess[],
    private readonly count: number,
  ) {}

  readonly meter: Metering = async (work) => {
    const before = await this.read();
    const result = await work();
    const after = await this.read();
    const each = (name: keyof typeof before) => (after[name] - before[name]) / this.count;
    this.sample = {
      cores: Math.round((10 * (after.busy - before.busy)) / (after.at - before.at)) / 10,
      cpuApps: each('apps'),
      cpuPostgres: each('postgres'),
      cpuRedis: each('redis'),
      cpuRabbit: each('rabbit'),
      wal: each('wal'),
      disk: each('disk'),
    };
    return result;
  };

  /** Of the last time that something was metered. */
  get costs(): Sample {
    return this.sample;
  }

  private async read() {
    const { rows } = await sql<{ wal: number }>`
      select (pg_current_wal_lsn() - '0/0')::float8 as wal`.execute(this.place.database.db);
    const { tasks, budgets, outbox } = await stored(this.place);
    const { postgres, redis, rabbitmq } = this.servers;
    return {
      at: performance.now(),
      busy: machineBusyMs(),
      apps: this.apps().reduce((sum, { pid }) => sum + cpuMsOf(pid), 0),
      postgres: cpuMsOf(postgres.pid!),
      redis: cpuMsOf(redis.pid!),
      rabbit: cpuMsOf(rabbitmq.pid!),
      wal: rows[0]!.wal,
      disk: tasks + budgets + outbox,
    };
  }
}
