import type { Redis } from 'ioredis';
import { eachServer } from './each-server';
import type { RedisClient } from './open-redis';

/**
 * Has Redis end the connection whose place a new one takes. One that the network has lost without a word is there for
 * Redis for minutes, and what waits on it for a job is given one, which nobody will run.
 */
export function endPredecessor(redis: RedisClient): void {
  eachServer(redis, endPredecessorOf);
}

function endPredecessorOf(connection: Redis): void {
  let before: string[] | undefined;
  connection.on('connect', () => {
    // Now, before what waited on the other one is sent again, behind which this would wait as well. Where the user may
    // not do so, Redis finds out later.
    if (before) connection.call('client', 'kill', ...before).catch(() => undefined);
    connection.call('client', 'info').then(
      (info) => (before = identity(String(info))),
      () => undefined,
    );
  });
}

/** The number alone might be somebody else's after Redis was started again. */
function identity(info: string): string[] | undefined {
  const [id, address] = [/\bid=(\S+)/, /\baddr=(\S+)/].map((field) => field.exec(info)?.[1]);
  return id && address ? ['id', id, 'addr', address] : undefined;
}
