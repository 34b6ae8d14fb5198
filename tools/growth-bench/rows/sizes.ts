import type { Row } from '../../bench/row';
import { IDLE_FIGURES } from '../../bench/rows/measure-lateness';
import type { GrowthScale } from '../growth-scale';
import type { PlanJudgement } from '../plans/judge-plans';
import { measureSize } from '../size/measure-size';

/** What the sizes are compared with. */
export const NONE = 'none';

/** What depends on the number of open tasks, and what should not. */
export function sizesRow(scale: GrowthScale, sizes: readonly number[], onPlans: (plans: PlanJudgement) => void): Row {
  const [smallest] = sizes;
  return {
    id: 'sizes',
    title: 'Open tasks',
    method:
      'So many budgets with their open renewals, due from a month to a year ahead, in a database of its own; all have their ' +
      'timers. First a worker alone, from its start: it reads all payloads, is ready, and compares all timers; then ' +
      'a warm-up, and tasks due at random times (late: until the renewal is settled). Then a scheduler alone, with events in a full queue. ' +
      'Memory, when idle afterwards and once garbage is collected: what is held on to, and the proportional set size; and the most that was resident. Bytes: with all indexes, after ' +
      '`VACUUM ANALYZE`.',
    figures: [
      { id: 'events', title: 'events scheduled', unit: '/s', better: 'more' },
      ...IDLE_FIGURES.map(({ optional: _, ...figure }) => ({
        ...figure,
        title: figure.title.replace('when idle', 'late'),
      })),
      { id: 'workerHeld', title: 'worker holds', unit: 'MB', better: 'less' },
      { id: 'workerMemory', title: 'worker idle', unit: 'MB', better: 'less' },
      { id: 'workerPeak', title: 'worker at most', unit: 'MB', better: 'less' },
      { id: 'schedulerHeld', title: 'scheduler holds', unit: 'MB', better: 'less' },
      { id: 'schedulerMemory', title: 'scheduler idle', unit: 'MB', better: 'less' },
      { id: 'schedulerPeak', title: 'scheduler at most', unit: 'MB', better: 'less' },
      { id: 'ready', title: 'worker ready after', unit: 'ms', better: 'less' },
      { id: 'compared', title: 'all timers compared in', unit: 'ms', better: 'less' },
      { id: 'timersSet', title: 'missing timers set', unit: '/s', better: 'more', optional: true },
      { id: 'vacuum', title: 'VACUUM ANALYZE', unit: 'ms', better: 'less' },
      { id: 'task', title: 'PostgreSQL, a task', unit: 'B', better: 'less', optional: true },
      { id: 'taskIndex', title: 'of it indexes', unit: 'B', better: 'less', optional: true },
      { id: 'budget', title: 'PostgreSQL, a budget', unit: 'B', better: 'less', optional: true },
      { id: 'timer', title: 'Redis, a timer', unit: 'B', better: 'less', optional: true },
      { id: 'outbox', title: 'PostgreSQL, a published event', unit: 'B', better: 'less', optional: true },
    ],
    sides: [0, ...sizes].map((tasks) => ({
      id: tasks === 0 ? NONE : String(tasks),
      who: 'ours',
      title: tasks === 0 ? NONE : tasks.toLocaleString('en-US'),
      includes: '',
      measure: () => {
        const missing = tasks === smallest ? Math.min(scale.missingTimers, tasks) : 0;
        return measureSize({ tasks, missing }, scale, onPlans);
      },
    })),
  };
}
