import type { Redis } from 'ioredis';
import { eachServer } from './each-server';
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
  eachServer(redis, forgetOfServer);
}

function forgetOfServer(connection: Redis): void {
  connection.on('close', () => {
    const internals = connection as unknown as Internals;
    clearTimeout(internals.socketTimeoutTimer);
    internals.socketTimeoutTimer = undefined;
  });
}
