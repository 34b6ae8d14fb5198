import type { Redis } from 'ioredis';

/** The Bull queue that tasks are in, on all sides that have Bull. */
export const QUEUE = 'budget_renewal_queue';

/** How many jobs are in each of a Bull queue's lists, read without Bull. */
export interface BullState {
  readonly delayed: number;
  readonly waiting: number;
  readonly active: number;
}

/** Calls back whenever a delayed job was added to Bull's queue, which says so itself. */
export async function onDelayedJob(redis: Redis, prefix: string, callback: () => void): Promise<void> {
  const subscriber = redis.duplicate();
  subscriber.on('message', callback);
  await subscriber.subscribe(`${prefix}:${QUEUE}:delayed`);
  redis.once('end', () => subscriber.disconnect());
}

/** One round trip, and none of it grows with the number of jobs: it may be asked often. */
export async function bullState(redis: Redis, prefix: string): Promise<BullState> {
  const key = (list: string) => `${prefix}:${QUEUE}:${list}`;
  const replies = await redis
    .pipeline()
    .zcard(key('delayed'))
    .llen(key('wait'))
    .llen(key('paused'))
    .llen(key('active'))
    .exec();
  const [delayed, wait, paused, active] = (replies ?? []).map(([error, count]) => {
    if (error) throw error;
    return count as number;
  });
  return { delayed: delayed!, waiting: wait! + paused!, active: active! };
}
