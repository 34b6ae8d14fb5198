import type { QueueOptions } from 'bull';
import type { RedisConfiguration } from '@budget-buddy/platform';
import type { TasksConfiguration } from '../tasks-configuration';
import { FOLLOW_LEDGER, followLedger } from '../worker/follow-ledger';
import type { BullConnections } from './bull-connections';
import { queuePrefix } from './queue-prefix';

/** How many finished timers a queue keeps for people to look at. The ledger keeps every task. */
const KEPT_TIMERS = 1000;

/**
 * Losses of its worker that a task survives within one timer; with the next one it is given up by the reconciler. Losses
 * for other reasons, such as a deployment, must never come to so many.
 */
export const MAX_STALLED_COUNT = 10;

/**
 * Longest time between two looks for jobs without a worker, in ms. Two looks have to agree: a job that has lost its lock
 * waits for both, and one whose way to its worker takes longer than this may be run by two.
 */
const LONGEST_STALLED_INTERVAL_MS = 2000;

/** How long a queue that had trouble with Redis waits before it asks for its next job, in ms. */
const RETRY_PROCESS_DELAY_MS = 1000;

/** Bull, as a clock that reminds: it never gives up by itself, and forgets what is done. */
export function queueOptions(
  name: string,
  connections: BullConnections,
  redis: Pick<RedisConfiguration, 'url' | 'prefix'>,
  { stalledAfter }: Pick<TasksConfiguration, 'stalledAfter'>,
): QueueOptions {
  const stalledAfterMs = stalledAfter.total('milliseconds');
  return {
    prefix: queuePrefix(redis, name),
    createClient: connections.open,
    settings: {
      lockDuration: stalledAfterMs,
      stalledInterval: Math.min(stalledAfterMs, LONGEST_STALLED_INTERVAL_MS),
      maxStalledCount: MAX_STALLED_COUNT,
      retryProcessDelay: RETRY_PROCESS_DELAY_MS,
      backoffStrategies: { [FOLLOW_LEDGER]: followLedger },
    },
    defaultJobOptions: {
      attempts: Number.MAX_SAFE_INTEGER,
      backoff: { type: FOLLOW_LEDGER },
      removeOnComplete: KEPT_TIMERS,
      removeOnFail: KEPT_TIMERS,
      stackTraceLimit: 1,
    },
  };
}
