import {
  connectToBroker,
  InvalidConfigurationError,
  loadConfiguration,
  openDatabase,
  openRedis,
  PostgresConfiguration,
  RabbitConfiguration,
  RedisConfiguration,
  type Section,
} from '@budget-buddy/platform';
import { sql } from 'kysely';
import { inTime } from './in-time';
import type { ServerKind } from './server';

type Environment = NodeJS.ProcessEnv;

/**
 * Asks the servers that the environment names for an answer. They are found and trusted as by the apps: clusters,
 * Sentinels and TLS included.
 */
export const reach: Record<ServerKind, (env: Environment) => Promise<unknown>> = {
  rabbitmq: (env) => inTime(reachRabbit(section(RabbitConfiguration, env))),
  postgres: (env) => inTime(reachPostgres(section(PostgresConfiguration, env))),
  redis: (env) => reachRedis(section(RedisConfiguration, env)),
};

function section<T extends object>(type: Section<T>, env: Environment): T {
  try {
    return loadConfiguration([type], env).get(type);
  } catch (error) {
    if (!(error instanceof InvalidConfigurationError)) throw error;
    throw new Error(error.problems.map(({ variable, expected }) => `${variable} ${expected}`).join('; '), {
      cause: error,
    });
  }
}

async function reachRabbit(configuration: RabbitConfiguration): Promise<void> {
  const connection = await connectToBroker(configuration);
  await connection.close();
}

async function reachPostgres(configuration: PostgresConfiguration): Promise<void> {
  const db = openDatabase(configuration);
  try {
    await sql`SELECT 1`.execute(db);
  } finally {
    // Not awaited: of a connection that broke in between, the end may never be reported.
    void db.destroy().catch(() => undefined);
  }
}

async function reachRedis(configuration: RedisConfiguration): Promise<void> {
  const redis = openRedis(configuration, { maxRetriesPerRequest: 0 });
  let failure: Error | undefined;
  redis.on('error', (error: Error & { lastNodeError?: Error }) => (failure = error.lastNodeError ?? error));
  try {
    await inTime(redis.ping());
  } catch (error) {
    // That no answer came is known; why, only this says.
    throw failure ?? error;
  } finally {
    redis.disconnect();
  }
}
