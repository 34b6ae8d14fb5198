import { Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import type { RedisOptions } from 'ioredis';
import { type AppName, connectionName } from '../app/app-name';
import { describeError } from '../describe-error';
import { giveUpWithoutFirstAnswer } from './first-answer';
import { mastersOf, openRedis, type RedisClient, type RedisLocation } from './open-redis';
import { endPredecessor } from './predecessor';
import { askNowAndThen } from './questions-now-and-then';
import { forgetSilenceOnClose } from './stale-silence';
import { writeTogether } from './write-together';

/**
 * What a connection is for, in Bull's words. `client`: commands of short duration, fails fast while Redis is away.
 * `subscriber` and `bclient`: wait for ever, for events and for jobs.
 */
export type RedisRole = 'client' | 'subscriber' | 'bclient';

const COMMAND_TIMEOUT_MS = 5_000;
/**
 * A connection that owes an answer for so long is given up: the network may have lost it, or another server may have
 * taken over behind it. Longer than Bull's blocking reads, which may be silent for 5 s.
 */
const SILENCE_MS = 8_000;

const ROLE_OPTIONS: Record<RedisRole, RedisOptions> = {
  // Without these, a command given while Redis is away waits in memory, and its caller with it.
  client: { enableOfflineQueue: false, maxRetriesPerRequest: 1, commandTimeout: COMMAND_TIMEOUT_MS },
  // Bull's conditions for connections that wait. Its blocking reads end by themselves every 5 s.
  subscriber: { maxRetriesPerRequest: null, enableReadyCheck: false },
  bclient: { maxRetriesPerRequest: null, enableReadyCheck: false },
};

/** Opens all connections to Redis, each with the options of its role, and closes them when the app has shut down. */
@Injectable()
export class RedisConnections implements OnApplicationShutdown {
  private readonly logger = new Logger(RedisConnections.name);
  private readonly connections: RedisClient[] = [];
  /** Why those connections that are down are down. */
  private readonly outages = new Map<RedisClient, string>();
  private readonly probe: RedisClient;

  constructor(
    private readonly configuration: RedisLocation,
    private readonly app?: AppName,
  ) {
    this.probe = this.create('client');
  }

  /** A new connection, which connects by itself and again after each loss. `bclient`s must not be shared. */
  create(role: RedisRole): RedisClient {
    const redis = openRedis(this.configuration, {
      ...ROLE_OPTIONS[role],
      socketTimeout: SILENCE_MS,
      connectionName: `${connectionName(this.app)}-${role}`,
    });
    this.connections.push(redis);
    forgetSilenceOnClose(redis);
    writeTogether(redis);
    giveUpWithoutFirstAnswer(redis);
    if (role === 'bclient') endPredecessor(redis);
    if (role === 'subscriber') askNowAndThen(redis);
    this.logOutages(redis, role);
    return redis;
  }

  /**
   * Resolves when Redis answers, of a cluster all masters.
   * @throws Error with the reason why not, as far as it is known.
   */
  async ping(): Promise<void> {
    if (this.probe.status !== 'ready') throw new Error(this.outages.get(this.probe) ?? 'not connected yet');
    await Promise.all(mastersOf(this.probe).map((master) => master.ping()));
  }

  onApplicationShutdown(): void {
    // Not quit(): on a frozen server, or behind a blocking command, it would wait. Nothing is under way by now.
    for (const redis of this.connections) redis.disconnect();
  }

  /** One line when Redis goes and one when it is back, however many attempts lie between. */
  private logOutages(redis: RedisClient, role: RedisRole): void {
    redis.on('error', (error: Error & { lastNodeError?: Error }) => {
      // Of a cluster that does not answer, the error itself says nothing about why.
      const reason = describeError(error.lastNodeError ?? error);
      if (!this.outages.has(redis)) this.logger.warn(`Redis is unavailable (${role}): ${reason}`);
      this.outages.set(redis, reason);
    });
    redis.on('ready', () => {
      if (this.outages.delete(redis)) this.logger.log(`Redis is available again (${role})`);
    });
  }
}
