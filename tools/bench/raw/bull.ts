import { loadConfiguration, RedisConfiguration } from '@budget-buddy/platform';
import Bull from 'bull';
import { QUEUE } from '../bull-state';

/** As the product is told where a worker is killed. */
const STALLED_AFTER_MS = 5_000;

/** Bull alone, with nothing of this system around it, on the configured Redis. */
export function openBull(queue = QUEUE): Bull.Queue {
  const { url, prefix } = loadConfiguration([RedisConfiguration]).get(RedisConfiguration);
  const settings = { lockDuration: STALLED_AFTER_MS, stalledInterval: STALLED_AFTER_MS, maxStalledCount: 10 };
  return new Bull(queue, url, { prefix, settings, defaultJobOptions: { removeOnComplete: true } });
}
