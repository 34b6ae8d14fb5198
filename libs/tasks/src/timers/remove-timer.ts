import type { Queue } from 'bull';

/** One command: between a look and a removal somebody may set the timer, and would lose its place among the waiting ones. */
const REMOVE_PLACE_WITHOUT_JOB = `
  if redis.call('exists', KEYS[1]) == 1 then return 0 end
  return redis.call('zrem', KEYS[2], ARGV[1])`;

/**
 * Removes a timer: its job, or its place among the waiting ones when the job's own data is gone. One that a worker has
 * just taken up is locked and stays, and finds by itself what there is to do.
 * @returns whether there was something that is gone now.
 */
export async function removeTimer(queue: Queue, id: string): Promise<boolean> {
  const job = await queue.getJob(id);
  if (job) return job.remove().then(isDone, isNotDone);
  return (await queue.client.eval(REMOVE_PLACE_WITHOUT_JOB, 2, queue.toKey(id), queue.toKey('delayed'), id)) === 1;
}

const isDone = () => true;
const isNotDone = () => false;
