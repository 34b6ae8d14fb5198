import { loadConfiguration } from '@budget-buddy/platform';
import { TasksConfiguration } from '@budget-buddy/tasks';
import { RenewalWorker } from '../../bench/ours/renewal-worker';
import { percentile } from '../../bench/percentile';
import { Place } from '../../bench/place';
import type { Context, Row, Sample } from '../../bench/row';
import { measureStorm, STORM_FIGURES } from '../../bench/rows/measure-storm';
import { measureThroughput } from '../../bench/rows/measure-throughput';
import { countRuns } from '../../bench/run-count';
import type { Servers } from '../../servers';
import { COST_FIGURES, CostMeter } from '../cost-meter';
import { attemptQuantiles } from '../attempt-durations';

/** How many budgets several workers renew in a second, what a renewal costs, and a storm of as many as were measured. */
export function workersRow(servers: Servers, counts: readonly number[]): Row {
  return {
    id: 'workers',
    title: 'Workers',
    method:
      'Renewals that are ready, with so many worker processes (SIGSTOP until all renewals are there); what one of them ' +
      'costs, by the processor time of each process. Then as many that are due at one instant. All servers and the ' +
      'benchmark itself share the cores. `PostgreSQL grew by` and `WAL` are for one renewal, its event and its successor.',
    figures: [
      { id: 'perSecond', title: 'renewals', unit: '/s', better: 'more' },
      ...COST_FIGURES,
      ...STORM_FIGURES,
      { id: 'p99', title: 'due at one instant: p99', unit: 'ms', better: 'less' },
      { id: 'published', title: 'due at one instant: all events published', unit: 'ms', better: 'less' },
    ],
    sides: counts.map((count) => ({
      id: String(count),
      who: 'ours',
      title: count === 1 ? '1 worker' : `${count} workers`,
      includes: 'see `npm run bench`',
      measure: (context) => measure(servers, count, context),
    })),
  };
}

async function measure(servers: Servers, processes: number, { scale }: Context): Promise<Sample> {
  const { renewals: count, warmUpTasks } = scale;
  const place = await Place.prepare({ database: true });
  const worker = new RenewalWorker(place, { processes });
  try {
    await worker.start();
    const meter = new CostMeter(place, servers, () => worker.apps, count);
    const perSecond = await measureThroughput(worker, place, { ...scale, tasks: count }, meter.meter);
    const service = await attemptQuantiles(place.database);
    await worker.lastPublishedMs();
    const first = warmUpTasks + count;
    const storm = await measureStorm(worker, place, { ...scale, tasks: count, first });
    const published = (await worker.lastPublishedMs()) - storm.dueAtMs;
    const runs = await worker.done();
    const late = runs.filter(({ number }) => number >= first).map(({ atMs }) => atMs - storm.dueAtMs);
    await worker.verify();
    expectOnce(countRuns(runs, 0, first + count));
    const { concurrency } = loadConfiguration([TasksConfiguration]).get(TasksConfiguration);
    const figures = { perSecond, ...meter.costs, ...storm.sample, p99: percentile(late, 0.99), published };
    return { ...figures, concurrency, stormTasks: count, ...service };
  } finally {
    await worker.close();
    await place.drop();
  }
}

function expectOnce({ lost, twice }: { lost: number; twice: number }): void {
  if (lost + twice > 0) throw new Error(`${lost} renewals never ran and ${twice} ran twice, expected none`);
}
