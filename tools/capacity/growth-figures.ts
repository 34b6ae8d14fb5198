import type { JsonReport } from '../bench/report/json';
import { QUANTILES } from '../growth-bench/attempt-durations';
import { NONE } from '../growth-bench/rows/sizes';

/** What one renewal, or one event, costs: ms of one processor, and bytes. */
export interface Cost {
  readonly appsMs: number;
  readonly postgresMs: number;
  readonly redisMs: number;
  readonly rabbitMs: number;
  readonly walBytes: number;
  /** What the tables and their indexes grow by. */
  readonly diskBytes: number;
}

/** So many processes at work, and a storm: as many renewals as were measured, due at one instant. */
export interface WorkersMeasured {
  readonly processes: number;
  readonly perSecond: number;
  readonly tasks: number;
  readonly lastMs: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly publishedMs: number;
}

/** What was measured, as the capacity is computed from it. */
export interface GrowthFigures {
  readonly machine: Readonly<Record<string, string>>;
  /** Open tasks with which the bytes were measured: the most that there were. */
  readonly openTasks: number;
  readonly taskBytes: number;
  readonly taskIndexBytes: number;
  readonly budgetBytes: number;
  /** Of a published event. */
  readonly outboxBytes: number;
  readonly timerBytes: number;
  readonly vacuumMs: number;
  /** Timers a second that the reconciler sets, at the least. */
  readonly timersSetPerSecond: number;
  readonly renewal: Cost;
  readonly event: Cost;
  readonly workers: readonly WorkersMeasured[];
  readonly eventsPerSecond: number;
  readonly concurrency: number;
  /** Of the durations of attempts, in ms. */
  readonly serviceQuantiles: readonly number[];
}

/** Reads docs/growth.json. @throws Error that names what is missing. */
export function readGrowthFigures(json: string): GrowthFigures {
  const report = JSON.parse(json) as JsonReport;
  const sides = (row: string) => report.samples.filter((sample) => sample.row === row);
  const sizes = sides('sizes').filter(({ side }) => side !== NONE);
  const largest = sizes.reduce((most, each) => (Number(each.side) > Number(most?.side ?? 0) ? each : most), sizes[0]);
  const of = (sample: JsonReport['samples'][number] | undefined, what: string) => (figure: string) => {
    const value = sample?.figures[figure];
    if (value !== undefined) return value;
    throw new Error(`the figures lack ${figure} of ${what}: run \`npm run bench:growth\` again`);
  };
  const size = of(largest, 'the most open tasks');
  const missing = of(
    sizes.find(({ figures }) => figures['timersSet'] !== undefined),
    'any size',
  );
  const worker = of(
    sides('workers').find(({ side }) => side === '1'),
    '1 worker',
  );
  const scheduler = of(
    sides('schedulers').find(({ side }) => side === '1'),
    '1 scheduler',
  );
  return {
    machine: report.machine,
    openTasks: Number(largest?.side),
    taskBytes: size('task'),
    taskIndexBytes: size('taskIndex'),
    budgetBytes: size('budget'),
    outboxBytes: size('outbox'),
    timerBytes: size('timer'),
    vacuumMs: size('vacuum'),
    timersSetPerSecond: missing('timersSet'),
    renewal: costOf(worker),
    event: costOf(scheduler),
    workers: sides('workers').map((sample) => workersOf(Number(sample.side), of(sample, `${sample.side} workers`))),
    eventsPerSecond: scheduler('perSecond'),
    concurrency: worker('concurrency'),
    serviceQuantiles: Array.from({ length: QUANTILES }, (_, index) => worker(`service${index}`)),
  };
}

function costOf(figure: (id: string) => number): Cost {
  return {
    appsMs: figure('cpuApps'),
    postgresMs: figure('cpuPostgres'),
    redisMs: figure('cpuRedis'),
    rabbitMs: figure('cpuRabbit'),
    walBytes: figure('wal'),
    diskBytes: figure('disk'),
  };
}

function workersOf(processes: number, figure: (id: string) => number): WorkersMeasured {
  return {
    processes,
    perSecond: figure('perSecond'),
    tasks: figure('stormTasks'),
    lastMs: figure('last'),
    p50Ms: figure('p50'),
    p99Ms: figure('p99'),
    publishedMs: figure('published'),
  };
}
