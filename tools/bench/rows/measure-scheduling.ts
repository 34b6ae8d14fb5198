import type { EventScheduling } from '../event-scheduling';
import { type Metering, unmetered } from '../metering';
import type { Place } from '../place';
import { publishEvents } from '../publish-events';
import type { Scale } from '../scale';
import { until } from '../until';

const PATIENCE_MS = 60_000;

/**
 * How many events a second become scheduled tasks, after the warm-up, beside those that are scheduled already.
 * @param metering of the time that is measured.
 */
export async function measureScheduling(
  subject: EventScheduling,
  place: Place,
  { first, events, warmUpEvents }: Pick<Scale, 'events' | 'warmUpEvents'> & { first: number },
  metering: Metering = unmetered,
): Promise<number> {
  const before = await subject.scheduled();
  const scheduled = (count: number) =>
    until(before + count, () => subject.scheduled(), { what: 'scheduled tasks', patienceMs: PATIENCE_MS });
  await publishEvents(place, first, warmUpEvents);
  await scheduled(warmUpEvents);
  subject.freeze();
  await publishEvents(place, first + warmUpEvents, events);
  await place.checkpoint();
  const tookMs = await metering(async () => {
    const startMs = performance.now();
    subject.thaw();
    return (await scheduled(warmUpEvents + events)) - startMs;
  });
  await subject.verify(before + warmUpEvents + events);
  return events / (tookMs / 1_000);
}
