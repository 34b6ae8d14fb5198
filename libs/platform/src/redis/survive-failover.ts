import type { Callback, Redis } from 'ioredis';

/**
 * Connects again where ioredis gives up for good: when Sentinels tell of a fail-over while it is asking them who the master
 * is, it takes that for a call of `disconnect()`. Whoever closes the connection closes it all the same.
 */
export function surviveFailover(redis: Redis): void {
  let isClosed = false;
  const connect = redis.connect.bind(redis);
  const disconnect = redis.disconnect.bind(redis);
  const quit = redis.quit.bind(redis);
  redis.connect = (callback) => {
    // Not when ioredis itself connects again: then a `quit` may still be waiting for its turn.
    if (redis.status === 'end') isClosed = false;
    return connect(callback);
  };
  redis.disconnect = (reconnect) => {
    isClosed ||= !reconnect;
    disconnect(reconnect);
  };
  redis.quit = (callback?: Callback<'OK'>) => {
    isClosed = true;
    return quit(callback);
  };
  redis.on('end', () => {
    // What goes wrong then is told of as an error event.
    if (!isClosed) redis.connect().catch(() => undefined);
  });
}
