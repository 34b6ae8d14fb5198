import type { Place } from '../place';
import type { Context, Row, Sample } from '../row';
import { countRuns, RUN_FIGURES } from '../run-count';
import type { TaskRunning } from '../task-running';
import { IDLE_FIGURES, measureLateness } from './measure-lateness';
import { measureStorm, STORM_FIGURES } from './measure-storm';
import { measureThroughput } from './measure-throughput';
import { taskSides } from './task-sides';

const { ours, raw, celery, celeryTakesAll } = taskSides(measure);

/** How many tasks a worker runs in a second, and how late. */
export const tasks: Row = {
  id: 'tasks',
  title: 'no-op tasks',
  method:
    'Ready to run: the workers, warm, stand still (SIGSTOP) while the tasks are handed over; timed from the moment they go ' +
    'on until none is left. Due at one instant: all are handed over before they are due; late from the due time until a ' +
    'task is settled in the ledger, and where there is none, until its body runs. When idle: due at random times, late ' +
    'until the body runs. The body, on all sides, appends 16 bytes to a file, by which the runs are counted. Celery ' +
    'with its own prefetch takes tasks with an eta in small groups, on a busy machine with pauses of up to a second ' +
    'between them, and may not have all of them when they are due.',
  figures: [
    { id: 'perSecond', title: 'ready to run', unit: '/s', better: 'more' },
    ...STORM_FIGURES,
    ...IDLE_FIGURES,
    ...RUN_FIGURES,
  ],
  sides: [ours, raw, celery, celeryTakesAll],
};

async function measure(worker: TaskRunning, place: Place, { scale }: Context): Promise<Sample> {
  const { tasks: count, warmUpTasks, lonelyTasks } = scale;
  const perSecond = await measureThroughput(worker, place, scale);
  const storm = await measureStorm(worker, place, { ...scale, first: warmUpTasks + count });
  const idle = await measureLateness(worker, { ...scale, first: warmUpTasks + 2 * count });
  await worker.verify();
  const counts = countRuns(await worker.runs(), 0, warmUpTasks + 2 * count + lonelyTasks);
  return { perSecond, ...storm.sample, ...idle, ...counts };
}
