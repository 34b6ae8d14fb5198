import type { Redis } from 'ioredis';
import type { TimerTemplate } from './timer-template';

/** A task whose timer is to be there. */
export interface DueTimer {
  readonly key: string;
  readonly dueAtMs: number;
}

/** Timers a round trip. */
const CHUNK = 2_000;

/** Writes timers as Bull would, many at a time. That they are right is for the reconciler to say. */
export async function copyTimers(redis: Redis, template: TimerTemplate, timers: readonly DueTimer[]): Promise<void> {
  for (let from = 0; from < timers.length; from += CHUNK) {
    const pipeline = redis.pipeline();
    const scores: (string | number)[] = [];
    for (const timer of timers.slice(from, from + CHUNK)) {
      const { id, job } = jobOf(template, timer);
      pipeline.hset(`${template.queueKey}:${id}`, job);
      scores.push(timer.dueAtMs * template.scorePerMs, id);
    }
    pipeline.zadd(`${template.queueKey}:delayed`, ...scores);
    const failure = (await pipeline.exec())?.find(([error]) => error)?.[0];
    if (failure) throw failure;
  }
}

/** The job of another task, due at another time. */
export function jobOf(
  { key, id, job, dueAtMs }: Pick<TimerTemplate, 'key' | 'id' | 'job' | 'dueAtMs'>,
  timer: DueTimer,
): { id: string; job: Record<string, string> } {
  const later = timer.dueAtMs - dueAtMs;
  const copy = Object.fromEntries(
    Object.entries(job).map(([field, value]) => [field, value.replaceAll(key, timer.key)]),
  );
  copy['delay'] = String(Number(job['delay']) + later);
  const options = JSON.parse(copy['opts']!) as { delay: number };
  copy['opts'] = JSON.stringify({ ...options, delay: options.delay + later });
  return { id: id.replaceAll(key, timer.key), job: copy };
}
