import { CeleryWorker } from '../celery/celery-worker';
import { NoOpWorker } from '../ours/no-op-worker';
import { Place } from '../place';
import { BullWorker } from '../raw/bull-worker';
import type { Context, Sample, Side } from '../row';
import type { TaskRunning } from '../task-running';

/** What is done with a worker that is ready. */
type Measure = (worker: TaskRunning, place: Place, context: Context) => Promise<Sample>;

type Make = (place: Place, context: Context) => TaskRunning;

/** Those that no-op tasks are measured of. */
interface TaskSides {
  readonly ours: Side;
  readonly raw: Side;
  readonly celery: Side;
  readonly celeryTakesAll: Side;
}

/** @param settings variables of this system's worker, where it is not as it comes. */
export function taskSides(measure: Measure, settings: Readonly<Record<string, string>> = {}): TaskSides {
  const inItsPlace = (database: boolean, make: Make) => async (context: Context) => {
    const place = await Place.prepare({ database });
    const worker = make(place, context);
    try {
      await worker.start();
      return await measure(worker, place, context);
    } finally {
      await worker.close();
      await place.drop();
    }
  };
  return {
    ours: {
      id: 'ours',
      who: 'ours',
      title: 'this system',
      includes:
        'one worker process, `apps/worker` with a no-op task instead (`tools/bench/ours/no-op-worker`): the row claimed, the ' +
        'handler run through Nest, the outcome committed, the line logged',
      measure: inItsPlace(true, (place, { nodeArguments }) => new NoOpWorker(place, { nodeArguments, env: settings })),
    },
    raw: {
      id: 'raw',
      who: 'raw',
      title: 'Bull alone',
      includes: 'one process, concurrency 64, nothing recorded outside Redis',
      measure: inItsPlace(false, (place) => new BullWorker(place)),
    },
    celery: {
      id: 'celery',
      who: 'celery',
      title: 'Celery',
      includes: 'RabbitMQ as broker, prefork with 2 processes, no result backend: nothing is recorded',
      measure: inItsPlace(false, (place) => new CeleryWorker(place)),
    },
    celeryTakesAll: {
      id: 'celery-takes-all',
      who: 'celery',
      title: 'Celery, unlimited prefetch',
      includes: 'the same at its best: it takes all tasks out of the queue at once, and has them when they are due',
      measure: inItsPlace(false, (place) => new CeleryWorker(place, { takesAll: true })),
    },
  };
}
