import { Cluster, Redis, type RedisOptions } from 'ioredis';
import { tlsOptions } from '../tls/tls-files';
import type { RedisConfiguration } from './redis-configuration';
import { parseRedisUrl, type RedisAddress } from './redis-url';
import { surviveFailover } from './survive-failover';

/** A connection to Redis; to a cluster it is one to each of its nodes. */
export type RedisClient = Redis | Cluster;

/** What of the configuration tells where Redis is. */
export type RedisLocation = Omit<RedisConfiguration, 'prefix'>;

const CONNECT_TIMEOUT_MS = 5_000;
const LONGEST_RETRY_DELAY_MS = 2_000;
/** How often a cluster is asked which node has which keys, and how long a node may take to tell, in ms. */
const SLOTS_REFRESH = { slotsRefreshInterval: 5_000, slotsRefreshTimeout: 2_000 };

/**
 * Opens a connection to a Redis of any kind, which connects by itself and again after each loss, and follows a
 * fail-over. Somebody must listen to its errors.
 * @param options of each connection to a server.
 */
export function openRedis(location: RedisLocation, options: RedisOptions = {}): RedisClient {
  const address = parseRedisUrl(location.url);
  const common: RedisOptions = {
    username: address.username,
    password: address.password,
    connectTimeout: CONNECT_TIMEOUT_MS,
    ...(address.tls && { tls: tlsOptions(location) }),
    ...options,
  };
  return address.mode === 'cluster' ? openCluster(address, common) : openServer(address, location, common);
}

/** The servers that take writes: all masters of a cluster, or the one server there is. */
export function mastersOf(client: RedisClient): Redis[] {
  return client.isCluster ? (client as Cluster).nodes('master') : [client as Redis];
}

function openServer(address: RedisAddress, location: RedisLocation, common: RedisOptions): Redis {
  const redis = new Redis({
    ...common,
    db: address.database,
    retryStrategy: (attempt) => Math.min(attempt * 100, LONGEST_RETRY_DELAY_MS),
    // A master that became a replica, and is about to notice: the next connection is to the new master.
    reconnectOnError: (error) => (error.message.includes('READONLY') ? 2 : false),
    ...(address.mode === 'sentinel' ? behindSentinels(address, location, common) : address.hosts[0]),
  });
  if (address.mode === 'sentinel') surviveFailover(redis);
  return redis;
}

function behindSentinels(
  { hosts, master, tls }: RedisAddress,
  { sentinelPassword }: RedisLocation,
  common: RedisOptions,
): RedisOptions {
  return {
    sentinels: [...hosts],
    name: master,
    sentinelPassword,
    sentinelRetryStrategy: (attempt) => Math.min(attempt * 100, LONGEST_RETRY_DELAY_MS),
    // A master that is frozen or cut off does not say that it is one no more. The Sentinels do.
    failoverDetector: true,
    ...(tls && { enableTLSForSentinelMode: true, sentinelTLS: common.tls }),
  };
}

function openCluster({ hosts }: RedisAddress, { enableOfflineQueue, ...redisOptions }: RedisOptions): Cluster {
  return new Cluster([...hosts], {
    ...SLOTS_REFRESH,
    enableOfflineQueue,
    clusterRetryStrategy: (attempt) => Math.min(attempt * 100, LONGEST_RETRY_DELAY_MS),
    redisOptions,
  });
}
