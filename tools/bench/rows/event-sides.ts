import { CelerySubscriber } from '../celery/celery-subscriber';
import type { EventScheduling } from '../event-scheduling';
import { OwnScheduler } from '../ours/own-scheduler';
import { Place } from '../place';
import { RawSubscriber } from '../raw/raw-subscriber';
import type { Context, Sample, Side } from '../row';

/** What is done with a scheduler that consumes. */
type Measure = (subject: EventScheduling, place: Place, context: Context) => Promise<Sample>;

type Make = (place: Place, context: Context) => EventScheduling;

/** The sides of all rows about events that become tasks. */
export function eventSides(measure: Measure): readonly Side[] {
  const side = (id: string, who: Side['who'], title: string, includes: string, make: Make): Side => {
    return { id, who, title, includes, measure: (context) => inItsPlace(who, make, measure, context) };
  };
  return [
    side(
      'ours',
      'ours',
      'this system',
      'the scheduler: validated, budget recorded, ledger row committed, timer set, acknowledged',
      (place, { nodeArguments }) => new OwnScheduler(place, { nodeArguments }),
    ),
    side(
      'raw-consume',
      'raw',
      'RabbitMQ consume + ack',
      'golevelup alone, prefetch 100: nothing is done with the event',
      (place) => new RawSubscriber(place, 'nothing'),
    ),
    side(
      'raw-one-by-one',
      'raw',
      'consume → Bull job → ack, one by one',
      'a delayed Bull job for each event, prefetch 100, no ledger',
      (place) => new RawSubscriber(place, 'bull'),
    ),
    side(
      'raw-batches',
      'raw',
      'consume → Bull jobs → ack, in micro-batches',
      'up to 200 events an `addBulk`, prefetch 400, no ledger',
      (place) => new RawSubscriber(place, 'bull-batches'),
    ),
    side(
      'celery-confirmed',
      'celery',
      'Celery, confirmed',
      'a Python subscriber: JSON read, `apply_async(eta=…)` with publisher confirms, acknowledged',
      (place) => new CelerySubscriber(place, { confirm: true }),
    ),
    side(
      'celery',
      'celery',
      'Celery, unconfirmed',
      'the same as the old module had it: nobody knows whether the broker has the task',
      (place) => new CelerySubscriber(place, { confirm: false }),
    ),
  ];
}

async function inItsPlace(who: Side['who'], make: Make, measure: Measure, context: Context): Promise<Sample> {
  const place = await Place.prepare({ database: who === 'ours' });
  const subject = make(place, context);
  try {
    await subject.start();
    return await measure(subject, place, context);
  } finally {
    await subject.close();
    await place.drop();
  }
}
