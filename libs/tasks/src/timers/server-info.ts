import type { Queue } from 'bull';

/** The key only says which server is asked: in a cluster the master that holds this queue. */
const INFO = "return redis.call('info', ARGV[1])";

/** What the Redis server that holds a queue says of itself: one section of INFO, such as `memory`. */
export async function serverInfo(queue: Queue, section: string): Promise<string> {
  return String(await queue.client.eval(INFO, 1, queue.toKey('memory'), section));
}
