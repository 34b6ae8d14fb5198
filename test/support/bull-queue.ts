import { loadConfiguration, openRedis, RedisConfiguration } from '@budget-buddy/platform';
import { queuePrefix } from '@budget-buddy/tasks';
import Bull from 'bull';
import type { WholeSystem } from './whole-system';

const QUEUE = 'budget_renewal_queue';

/** The Bull queue in which a system's timers are, to look at them. To be closed. */
export function bullQueueOf(system: WholeSystem): Bull.Queue {
  const redis = loadConfiguration([RedisConfiguration], { ...process.env, ...system.env }).get(RedisConfiguration);
  const client = openRedis(redis, { maxRetriesPerRequest: null, enableReadyCheck: false });
  const queue = new Bull(QUEUE, { prefix: queuePrefix(redis, QUEUE), createClient: () => client });
  // Bull leaves open what it has not opened itself.
  const close = queue.close.bind(queue);
  queue.close = (doNotWaitJobs) => close(doNotWaitJobs).finally(() => client.disconnect());
  return queue;
}
