import { Temporal } from 'temporal-polyfill';
import { QUEUE } from '../../bench/bull-state';
import type { RenewalProducer } from '../../bench/ours/renewal-producer';
import type { Place } from '../../bench/place';

/** Far away, and beyond any other. */
const DUE = Temporal.Instant.from('2038-01-01T00:00:00Z');

/** A timer as the product has set it: Bull's job, and how its place among the delayed ones is computed. */
export interface TimerTemplate {
  /** What the names of the queue's keys begin with. */
  readonly queueKey: string;
  /** The task that the job is for, and the job's id. */
  readonly key: string;
  readonly id: string;
  readonly dueAtMs: number;
  readonly job: Readonly<Record<string, string>>;
  /** Bull's score, divided by the time. */
  readonly scorePerMs: number;
}

/** Has the product set a timer, and takes what Redis has of it then. The timer is removed. */
export async function timerTemplate(place: Place, { timers, taskTemplate }: RenewalProducer): Promise<TimerTemplate> {
  const { key, name, revision } = JSON.parse(taskTemplate) as { key: string; name: string; revision: number };
  const task = { key, name, revision, queue: QUEUE, dueAt: DUE };
  await timers.set(task);
  const id = String((await timers.find(task))!.id);
  const queueKey = `${place.prefix}:${QUEUE}`;
  const [job, score] = await Promise.all([
    place.redis.hgetall(`${queueKey}:${id}`),
    place.redis.zscore(`${queueKey}:delayed`, id),
  ]);
  await timers.remove(task);
  const dueAtMs = DUE.epochMilliseconds;
  return { queueKey, key, id, dueAtMs, job, scorePerMs: Math.floor(Number(score) / dueAtMs) };
}
