import type { EventScheduling } from '../event-scheduling';
import type { Place } from '../place';
import { publishEvents } from '../publish-events';
import type { Context, Row, Sample } from '../row';
import { until } from '../until';
import { eventSides } from './event-sides';
import { measureLatency } from './measure-latency';
import { IDLE_FIGURES } from './measure-lateness';

const PATIENCE_MS = 60_000;

/** How many events a second become scheduled tasks, and how long one takes. */
export const events: Row = {
  id: 'events',
  title: 'event → scheduled task',
  method:
    '`BudgetCreated` of 1 KB, persistent. One process, warm, stands still (SIGSTOP) while the events are published into its ' +
    'queue; timed from the moment it goes on until the last task is scheduled. Afterwards the tasks are counted. By ' +
    'the prefetch, all acknowledgements but those of the last 100 (400) events are in the time. When idle: one event at a ' +
    'time, 20 to 100 ms after the one before, from its publishing until its timer is in Redis (Bull says so), or the ' +
    "task in Celery's queue.",
  figures: [{ id: 'perSecond', title: 'events', unit: '/s', better: 'more' }, ...IDLE_FIGURES],
  sides: eventSides(measure),
};

async function measure(subject: EventScheduling, place: Place, { scale }: Context): Promise<Sample> {
  const { events: count, warmUpEvents } = scale;
  const scheduled = (target: number) =>
    until(target, () => subject.scheduled(), { what: 'scheduled tasks', patienceMs: PATIENCE_MS });
  await publishEvents(place, 0, warmUpEvents);
  await scheduled(warmUpEvents);
  subject.freeze();
  await publishEvents(place, warmUpEvents, count);
  await place.checkpoint();
  const startMs = performance.now();
  subject.thaw();
  const endMs = await scheduled(warmUpEvents + count);
  await subject.verify(warmUpEvents + count);
  const idle = subject.tellsOfEach
    ? await measureLatency(subject, place, { ...scale, first: warmUpEvents + count })
    : {};
  return { perSecond: count / ((endMs - startMs) / 1_000), ...idle };
}
