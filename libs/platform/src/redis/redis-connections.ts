import { Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import { Redis, type RedisOptions } from 'ioredis';
import { type AppName, connectionName } from '../app/app-name';
import { describeError } from '../describe-error';
import type { RedisConfiguration } from './redis-configuration';

/**
 * What a connection is for, in Bull's words. `client`: commands of short duration, fails fast while Redis is away.
 * `subscriber` and `bclient`: wait for ever, for events and for jobs.
 */
export type RedisRole = 'client' | 'subscriber' | 'bclient';

const CONNECT_TIMEOUT_MS = 5_000;
const COMMAND_TIMEOUT_MS = 5_000;
const LONGEST_RETRY_DELAY_MS = 2_000;

const ROLE_OPTIONS: Record<RedisRole, RedisOptions> = {
  // Without these, a command given while Redis is away waits in memory, and its caller with it.
  client: { enableOfflineQueue: false, maxRetriesPerRequest: 1, commandTimeout: COMMAND_TIMEOUT_MS },
  // Bull's conditions for connections that wait.
  subscriber: { maxRetriesPerRequest: null, enableReadyCheck: false },
  bclient: { maxRetriesPerRequest: null, enableReadyCheck: false },
};

/** Opens all connections to Redis, each with the options of its role, and closes them when the app has shut down. */
@Injectable()
export class RedisConnections implements OnApplicationShutdown {
  private readonly logger = new Logger(RedisConnections.name);
  private readonly connections: Redis[] = [];
  /** Why those connections that are down are down. */
  private readonly outages = new Map<Redis, string>();
  private readonly probe: Redis;

  constructor(
    private readonly configuration: RedisConfiguration,
    private readonly app?: AppName,
  ) {
    this.probe = this.create('client');
  }

  /** A new connection, which connects by itself and again after each loss. `bclient`s must not be shared. */
  create(role: RedisRole): Redis {
    const redis = new Redis(this.configuration.url, {
      ...ROLE_OPTIONS[role],
      connectionName: `${connectionName(this.app)}-${role}`,
      connectTimeout: CONNECT_TIMEOUT_MS,
      retryStrategy: (attempt) => Math.min(attempt * 100, LONGEST_RETRY_DELAY_MS),
    });
    this.connections.push(redis);
    this.logOutages(redis, role);
    return redis;
  }

  /**
   * Resolves when Redis answers.
   * @throws Error with the reason why not, as far as it is known.
   */
  async ping(): Promise<void> {
    if (this.probe.status !== 'ready') throw new Error(this.outages.get(this.probe) ?? 'not connected yet');
    await this.probe.ping();
  }

  onApplicationShutdown(): void {
    // Not quit(): on a frozen server, or behind a blocking command, it would wait. Nothing is under way by now.
    for (const redis of this.connections) redis.disconnect();
  }

  /** One line when Redis goes and one when it is back, however many attempts lie between. */
  private logOutages(redis: Redis, role: RedisRole): void {
    redis.on('error', (error) => {
      const reason = describeError(error);
      if (!this.outages.has(redis)) this.logger.warn(`Redis is unavailable (${role}): ${reason}`);
      this.outages.set(redis, reason);
    });
    redis.on('ready', () => {
      if (this.outages.delete(redis)) this.logger.log(`Redis is available again (${role})`);
    });
  }
}
