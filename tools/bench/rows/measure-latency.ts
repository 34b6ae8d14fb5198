import { randomInt } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { budgetCreated, datesFarAway } from '../budget-created';
import type { EventScheduling } from '../event-scheduling';
import type { Place } from '../place';
import type { Sample } from '../row';
import type { Scale } from '../scale';
import { idleSample } from './measure-lateness';

/** The subject is told of what was there before at once. */
const TELLING_MS = 200;

/** How long an event takes until its task is scheduled, when there is nothing else to do. */
export async function measureLatency(
  subject: EventScheduling,
  place: Place,
  { first, lonelyEvents }: Pick<Scale, 'lonelyEvents'> & { first: number },
): Promise<Sample> {
  let scheduled = (): void => undefined;
  await subject.onScheduled(() => scheduled());
  await sleep(TELLING_MS);
  const tookMs: number[] = [];
  for (let number = first; number < first + lonelyEvents; number++) {
    await sleep(randomInt(20, 101));
    const seen = new Promise<number>((resolve) => (scheduled = () => resolve(performance.now())));
    const body = budgetCreated(number, datesFarAway());
    const startMs = performance.now();
    const [endMs] = await Promise.all([seen, place.broker.client.publish('BudgetCreated', body)]);
    tookMs.push(endMs - startMs);
  }
  return idleSample(tookMs);
}
