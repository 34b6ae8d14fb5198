import { loadConfiguration, mastersOf, openRedis, RedisConfiguration } from '@budget-buddy/platform';

/** Removes all keys of one prefix from the configured Redis, also where the prefix is a part of their hash tag. */
export async function removeKeys(prefix: string): Promise<void> {
  const redis = openRedis(loadConfiguration([RedisConfiguration]).get(RedisConfiguration));
  redis.on('error', () => undefined);
  try {
    // A cluster knows its nodes once it has answered.
    await redis.exists(prefix);
    for (const master of mastersOf(redis)) {
      for await (const keys of master.scanStream({ match: `*${prefix}:*`, count: 1000 })) {
        await Promise.all((keys as string[]).map((key) => master.unlink(key)));
      }
    }
  } finally {
    redis.disconnect();
  }
}
