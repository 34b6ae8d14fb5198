import type { QueueOptions } from 'bull';
import type { RedisConfiguration } from '@budget-buddy/platform';
import type { TasksConfiguration } from '../tasks-configuration';
import { FOLLOW_LEDGER, followLedger } from '../worker/follow-ledger';
import type { BullConnections } from './bull-connections';

/** How many finished timers a queue keeps for people to look at. The ledger keeps every task. */
const KEPT_TIMERS = 1000;

/** Kills of its worker that a task survives within one timer; after that the reconciler has to set a new one. */
const MAX_STALLED_COUNT = 10;

/** Bull, as a clock that reminds: it never gives up by itself, and forgets what is done. */
export function queueOptions(
  connections: BullConnections,
  redis: Pick<RedisConfiguration, 'prefix'>,
  { stalledAfter }: Pick<TasksConfiguration, 'stalledAfter'>,
): QueueOptions {
  const stalledAfterMs = stalledAfter.total('milliseconds');
  return {
    prefix: redis.prefix,
    createClient: connections.open,
    settings: {
      lockDuration: stalledAfterMs,
      stalledInterval: stalledAfterMs,
      maxStalledCount: MAX_STALLED_COUNT,
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
