import type { EventScheduling } from '../event-scheduling';
import type { Place } from '../place';
import type { Context, Row, Sample } from '../row';
import { eventSides } from './event-sides';
import { measureLatency } from './measure-latency';
import { IDLE_FIGURES } from './measure-lateness';
import { measureScheduling } from './measure-scheduling';

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
  const perSecond = await measureScheduling(subject, place, { events: count, warmUpEvents, first: 0 });
  const idle = subject.tellsOfEach
    ? await measureLatency(subject, place, { ...scale, first: warmUpEvents + count })
    : {};
  return { perSecond, ...idle };
}
