import { Cluster } from 'ioredis';
import type { RedisClient } from './open-redis';

const INTERVAL_MS = 5_000;

/**
 * Asks on a connection that only listens whether Redis is still there: it is owed no answer, and would never find out
 * that the network has lost it. (Of a cluster, ioredis listens on a connection of its own, which nobody can ask.)
 */
export function askNowAndThen(redis: RedisClient): void {
  if (redis instanceof Cluster) return;
  const timer = setInterval(() => {
    // One that is lost is given up for its silence, and told of then.
    if (redis.status === 'ready') redis.ping().catch(() => undefined);
  }, INTERVAL_MS).unref();
  redis.on('end', () => clearInterval(timer));
}
