import { Cluster, type Redis } from 'ioredis';
import type { RedisClient } from './open-redis';

/** What is private to ioredis. */
interface Internals {
  socketTimeoutTimer?: NodeJS.Timeout;
}

/**
 * Ends the wait for an answer (ioredis's `socketTimeout`) with the connection that owes it. ioredis 5.11 lets the timer
 * run on, and ends with it the next connection, which owes nothing.
 */
export function forgetSilenceOnClose(redis: RedisClient): void {
  if (redis instanceof Cluster) redis.on('+node', forgetOfNode);
  else forgetOfNode(redis);
}

function forgetOfNode(node: Redis): void {
  node.on('close', () => {
    const internals = node as unknown as Internals;
    clearTimeout(internals.socketTimeoutTimer);
    internals.socketTimeoutTimer = undefined;
  });
}
