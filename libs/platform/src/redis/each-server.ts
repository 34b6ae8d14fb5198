import { Cluster, type Redis } from 'ioredis';
import type { RedisClient } from './open-redis';

/** Has something be done with the connection to a server, or, of a cluster, with those to each of its nodes, also later ones. */
export function eachServer(redis: RedisClient, act: (connection: Redis) => void): void {
  if (redis instanceof Cluster) redis.on('+node', act);
  else act(redis);
}
