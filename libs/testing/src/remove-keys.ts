import { loadConfiguration, RedisConfiguration } from '@budget-buddy/platform';
import { Redis } from 'ioredis';

/** Removes all keys of one prefix from the configured Redis, and no others. */
export async function removeKeys(prefix: string): Promise<void> {
  const redis = new Redis(loadConfiguration([RedisConfiguration]).get(RedisConfiguration).url);
  try {
    for await (const keys of redis.scanStream({ match: `${prefix}:*`, count: 1000 })) {
      if ((keys as string[]).length > 0) await redis.unlink(keys as string[]);
    }
  } finally {
    redis.disconnect();
  }
}
