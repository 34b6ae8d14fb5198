import { check, resolveConfig } from 'prettier';
import { describe, expect, it } from 'vitest';
import type { JsonReport } from '../bench/report/json';
import { QUANTILES } from '../growth-bench/attempt-durations';
import { ASSUMPTIONS } from './assumptions';
import { readCapacityOptions } from './capacity-options';
import { capacityOf } from './capacity-report';
import { demandOf } from './demand';
import { readGrowthFigures } from './growth-figures';
import { renderCapacityPlot } from './report/capacity-plot';
import { renderCapacity } from './report/render-capacity';
import { setUpOf } from './set-up';
import { spreads } from './simulation/zones';

const COST = { cpuApps: 1, cpuPostgres: 0.6, cpuRedis: 0.05, cpuRabbit: 0.1, wal: 3_000, disk: 1_500 };
const SERVICE = Object.fromEntries(Array.from({ length: QUANTILES }, (_, index) => [`service${index}`, 5 + index]));
const STORM = { last: 20_500, p50: 10_200, p99: 20_300, published: 21_000, stormTasks: 20_000 };
const BYTES = { task: 500, taskIndex: 200, budget: 220, timer: 1_000, outbox: 650, vacuum: 300 };

const sample = (row: string, side: string, figures: Record<string, number>) => ({ row, side, round: 1, figures });
const MADE_UP: JsonReport = {
  machine: { processor: 'an abacus' },
  samples: [
    sample('sizes', 'none', { vacuum: 1 }),
    sample('sizes', '10000', { ...BYTES, task: 999, timersSet: 2_000 }),
    sample('sizes', '100000', BYTES),
    sample('workers', '1', { ...COST, ...SERVICE, ...STORM, perSecond: 1_000, concurrency: 10 }),
    sample('workers', '2', {
      ...COST,
      ...STORM,
      perSecond: 1_500,
      concurrency: 10,
      last: 14_000,
      p50: 7_000,
      p99: 13_900,
    }),
    sample('schedulers', '1', { ...COST, cpuPostgres: 0.4, perSecond: 800 }),
  ],
  failures: [],
};
const figures = readGrowthFigures(JSON.stringify(MADE_UP));
const [one, , even] = spreads as [(typeof spreads)[number], (typeof spreads)[number], (typeof spreads)[number]];

describe('the figures', () => {
  it('take the bytes from the most open tasks, and the timers a second from where some were missing', () => {
    expect(figures).toMatchObject({
      openTasks: 100_000,
      taskBytes: 500,
      timersSetPerSecond: 2_000,
      eventsPerSecond: 800,
    });
    expect(figures.serviceQuantiles).toHaveLength(QUANTILES);
  });

  it('say what they lack', () => {
    const samples = MADE_UP.samples.filter(({ row }) => row !== 'schedulers');
    expect(() => readGrowthFigures(JSON.stringify({ ...MADE_UP, samples }))).toThrow(
      'the figures lack cpuApps of 1 scheduler: run `npm run bench:growth` again',
    );
  });
});

describe('what is needed', () => {
  const ten = demandOf(10_000_000, one, figures, ASSUMPTIONS);

  it('follows from the wave, the minutes, and what a renewal and its event cost', () => {
    expect(ten.perSecond).toBeCloseTo(10_000_000 / 600, 6);
    // 16,667 a second, one worker's 1,000 used to 70 %.
    expect(ten.workers).toBe(24);
    // 16,667 × 1 ms of PostgreSQL, used to 70 %.
    expect(ten.postgres.cores).toBeCloseTo(16.667 / 0.7, 2);
    expect(ten.postgres.diskBytes).toBe(10_000_000 * (500 + 220 + 650 + 13 * (1_500 - 650)));
    expect(ten.redis.bytes).toBe(10_000_000_000);
    expect(ten.redis.hoursToEnter).toBeCloseTo(10_000_000 / 2_000 / 3_600, 6);
    expect(ten.rabbit.messagesPerSecond).toBe(2 * ten.perSecond);
  });

  it('is less when midnight does not come to all at once; the memory is less only with a horizon', () => {
    const spread = demandOf(10_000_000, even, figures, ASSUMPTIONS);
    expect(spread.perSecond).toBeCloseTo(ten.perSecond / 24, 0);
    expect(spread.redis.bytes).toBe(ten.redis.bytes);
    expect(ten.redis.bytesWithHorizon).toBe(ten.redis.bytes);
    // Seven waves, an hour apart, are due within six hours, both ends included.
    expect(spread.redis.bytesWithHorizon).toBeCloseTo((ten.redis.bytes * 7) / 24, 0);
  });

  it('is served by one of each as long as one of each is enough', () => {
    expect(setUpOf(demandOf(1_000_000, even, figures, ASSUMPTIONS))).toEqual({
      rabbit: '3 nodes with quorum queues, 1 core each',
      redis: 'one master with a replica, behind Sentinels',
      postgres: 'one primary with 1 core, tables as they are',
    });
    const { redis, postgres } = setUpOf(demandOf(100_000_000, one, figures, ASSUMPTIONS));
    // 166,667 × 1 ms / 70 % are 239 cores, 32 in each cell at the most; Redis: 166,667 × 0.1 ms / 70 % are 24 cores.
    expect(redis).toBe('in each of 8 cells: Redis Cluster, 3 masters, a hash-tagged queue on each');
    expect(postgres).toBe('in each of 8 cells: one primary with 30 cores, tables as they are');
    expect(setUpOf(demandOf(100_000_000, even, figures, ASSUMPTIONS)).postgres).toBe(
      'one primary with 10 cores, tables partitioned by month',
    );
  });
});

describe('the page', () => {
  const report = capacityOf(figures, ASSUMPTIONS);

  it('has what was simulated beside what was measured', () => {
    const [{ measured, predicted }] = report.validations as [(typeof report.validations)[number]];
    expect(measured.processes).toBe(1);
    expect(predicted.lastMs / 1_000).toBeCloseTo(20, 0);
    expect(report.validations[1]!.predicted.lastMs / 1_000).toBeCloseTo(20_000 / 1_500, 0);
  });

  it('ends each simulation within the minutes it was computed for', () => {
    for (const { prediction } of report.cases) {
      expect(prediction.lastMs).toBeLessThan(ASSUMPTIONS.minutes * 60_000);
      expect(prediction.lastMs).toBeGreaterThanOrEqual(prediction.p99Ms);
    }
  });

  it('is in the form the repository wants', async () => {
    const path = 'docs/capacity.md';
    const page = await renderCapacity(report, path);
    expect(await check(page, { ...(await resolveConfig(path)), filepath: path })).toBe(true);
    expect(page).not.toMatch(/NaN|Infinity|undefined/);
    for (const { title } of spreads) expect(page.toLowerCase()).toContain(`## ${title}`);
    const plot = renderCapacityPlot(report);
    expect(plot.match(/<polyline /g)).toHaveLength(report.cases.length);
    expect(plot).not.toMatch(/NaN|Infinity|undefined/);
  });
});

it('refuses what it cannot compute with', () => {
  expect(() => readCapacityOptions(['--minutes', '0'])).toThrow('--minutes is "0", expected a number over 0');
  expect(readCapacityOptions(['--keep-months', '3']).assumptions).toEqual({ ...ASSUMPTIONS, keptMonths: 3 });
});
