import { OwnScheduler } from '../../bench/ours/own-scheduler';
import { Place } from '../../bench/place';
import type { Context, Row, Sample } from '../../bench/row';
import { measureScheduling } from '../../bench/rows/measure-scheduling';
import type { Servers } from '../../servers';
import { COST_FIGURES, CostMeter } from '../cost-meter';

/** How many events several schedulers turn into tasks in a second, and what one costs. */
export function schedulersRow(servers: Servers, counts: readonly number[]): Row {
  return {
    id: 'schedulers',
    title: 'Schedulers',
    method:
      '`BudgetCreated` of 1 KB, persistent, in a full queue (SIGSTOP until all events are there), with so many scheduler ' +
      'processes; afterwards tasks, budgets and timers are counted.',
    figures: [{ id: 'perSecond', title: 'events', unit: '/s', better: 'more' }, ...COST_FIGURES],
    sides: counts.map((count) => ({
      id: String(count),
      who: 'ours',
      title: count === 1 ? '1 scheduler' : `${count} schedulers`,
      includes: 'see `npm run bench`',
      measure: (context) => measure(servers, count, context),
    })),
  };
}

async function measure(servers: Servers, processes: number, { scale }: Context): Promise<Sample> {
  const place = await Place.prepare({ database: true });
  const scheduler = new OwnScheduler(place, { processes });
  try {
    await scheduler.start();
    const meter = new CostMeter(place, servers, () => scheduler.apps, scale.events);
    const perSecond = await measureScheduling(scheduler, place, { ...scale, first: 0 }, meter.meter);
    return { perSecond, ...meter.costs };
  } finally {
    await scheduler.close();
    await place.drop();
  }
}
