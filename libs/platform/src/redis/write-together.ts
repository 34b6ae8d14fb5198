import type { Socket } from 'node:net';
import type { Redis } from 'ioredis';
import { eachServer } from './each-server';
import type { RedisClient } from './open-redis';

/**
 * Has the commands of one turn of the event loop go to Redis in one system call. ioredis makes one for each, which costs
 * as much as all the rest of it. Not its `enableAutoPipelining`, which makes other commands of them: these bytes are the same.
 */
export function writeTogether(redis: RedisClient): void {
  eachServer(redis, (connection) => connection.on('connect', () => corkInTurns(streamOf(connection))));
}

/** Not in ioredis' types. */
function streamOf(connection: Redis): Socket {
  return (connection as unknown as { stream: Socket }).stream;
}

function corkInTurns(stream: Socket): void {
  const write = stream.write.bind(stream) as (...args: unknown[]) => boolean;
  let corked = false;
  const uncork = () => {
    corked = false;
    stream.uncork();
  };
  stream.write = (...args: unknown[]) => {
    if (!corked) {
      corked = true;
      stream.cork();
      // After all that has been set off by now.
      process.nextTick(uncork);
    }
    return write(...args);
  };
}
