import { loadConfiguration, RedisConfiguration } from '@budget-buddy/platform';
import Bull from 'bull';
import type { WholeSystem } from './whole-system';

/** The Bull queue in which a system's timers are, to look at them. To be closed. */
export function bullQueueOf(system: WholeSystem): Bull.Queue {
  const { url } = loadConfiguration([RedisConfiguration]).get(RedisConfiguration);
  return new Bull('budget_renewal_queue', url, { prefix: system.env['BUDGETBUDDY_REDIS_PREFIX'] });
}
