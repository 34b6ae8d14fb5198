import { BullModule, getQueueToken } from '@nestjs/bull';
import type { DynamicModule, Provider, Type } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import type { Queue, QueueOptions } from 'bull';
import {
  HandlerPipeline,
  InvalidConfigurationError,
  loadConfiguration,
  RedisConfiguration,
} from '@budget-buddy/platform';
import { OpenPayloads } from './ledger/open-payloads';
import { TaskLedger } from './ledger/task-ledger';
import { Preflight } from './preflight/preflight';
import { WorkerPreflight } from './preflight/worker-preflight';
import { RetryInterceptor } from './retry/retry.interceptor';
import { RetryPolicies } from './retry/retry-policies';
import { TaskRegistry } from './task/task-registry';
import { TaskScheduler } from './task-scheduler';
import { TasksConfiguration } from './tasks-configuration';
import { BullConnections } from './timers/bull-connections';
import { EvictionPolicy } from './timers/eviction-policy';
import { KeyTypes } from './timers/key-types';
import { queueOptions } from './timers/queue-options';
import { RedisVersion } from './timers/redis-version';
import { TaskQueues } from './timers/task-queues';
import { TaskTimers } from './timers/task-timers';
import { TimersAfterCommit } from './timers/timers-after-commit';
import { TimerHorizon } from './timers/timer-horizon';
import { OpenTasks } from './ledger/open-tasks';
import { ExtraTimers } from './reconcile/extra-timers';
import { FullComparisons } from './reconcile/full-comparisons';
import { MemoryLoss } from './reconcile/memory-loss';
import { ReconcilerLeadership } from './reconcile/reconciler-leadership';
import { ReconciliationRecord } from './reconcile/reconciliation-record';
import { ReconciliationReport } from './reconcile/reconciliation-report';
import { TimerComparison } from './reconcile/timer-comparison';
import { TimerMender } from './reconcile/timer-mender';
import { TimerReconciler } from './reconcile/timer-reconciler';
import { TimerReconciliation } from './reconcile/timer-reconciliation';
import { TaskRetention } from './retention/task-retention';
import { PausedQueues } from './worker/paused-queues';
import { QueueRevival } from './worker/queue-revival';
import { HeldTasks } from './worker/held-tasks';
import { TaskFailures } from './worker/task-failures';
import { TaskHandlers } from './worker/task-handlers';
import { TaskPostponement } from './worker/task-postponement';
import { TaskRunner } from './worker/task-runner';
import { TaskTransactions } from './worker/task-transactions';
import { TaskWorker } from './worker/task-worker';

const PREFLIGHT = [OpenPayloads, Preflight, WorkerPreflight];

const RECONCILER = [
  TimerReconciler,
  TimerReconciliation,
  TimerComparison,
  TimerMender,
  MemoryLoss,
  ExtraTimers,
  ReconcilerLeadership,
  FullComparisons,
  ReconciliationReport,
  ReconciliationRecord,
];

/** Tasks in an app: those it schedules, or those it runs. Needs the platform's modules beside it. */
export class TasksModule {
  /** Schedules tasks, with `TaskScheduler`. */
  static forProducer(tasks: readonly Type<object>[]): DynamicModule {
    return module(tasks, []);
  }

  /** Runs the tasks too. Their handlers are found among the app's providers; each task must have exactly one. */
  static forWorker(tasks: readonly Type<object>[]): DynamicModule {
    return module(tasks, [
      HandlerPipeline,
      TaskHandlers,
      TaskRunner,
      TaskTransactions,
      TaskFailures,
      TaskPostponement,
      HeldTasks,
      TaskWorker,
      PausedQueues,
      QueueRevival,
      ...PREFLIGHT,
      ...RECONCILER,
      TaskRetention,
    ]);
  }
}

function module(tasks: readonly Type<object>[], workerProviders: Provider[]): DynamicModule {
  const names = declaredQueues();
  return {
    module: TasksModule,
    global: true,
    imports: [DiscoveryModule, connectionsModule, ...names.map(registerQueue)],
    providers: [
      { provide: TaskRegistry, useFactory: () => new TaskRegistry(tasks) },
      {
        provide: TaskQueues,
        inject: [TasksConfiguration, TaskRegistry, ...names.map((name) => getQueueToken(name))],
        useFactory: (configuration: TasksConfiguration, registry: TaskRegistry, ...queues: Queue[]) =>
          new TaskQueues(queues, configuration, registry),
      },
      TaskLedger,
      OpenTasks,
      TimerHorizon,
      TaskTimers,
      TimersAfterCommit,
      EvictionPolicy,
      KeyTypes,
      RedisVersion,
      TaskScheduler,
      RetryPolicies,
      RetryInterceptor,
      ...workerProviders,
    ],
    exports: [TaskScheduler, TaskLedger, OpenTasks, TaskTimers, TaskQueues, RetryPolicies, RetryInterceptor],
  };
}

class BullConnectionsModule {}

const connectionsModule: DynamicModule = {
  module: BullConnectionsModule,
  providers: [BullConnections],
  exports: [BullConnections],
};

function registerQueue(name: string): DynamicModule {
  return BullModule.registerQueueAsync({
    name,
    imports: [connectionsModule],
    inject: [BullConnections, RedisConfiguration, TasksConfiguration],
    useFactory: (connections: BullConnections, redis: RedisConfiguration, tasks: TasksConfiguration): QueueOptions =>
      queueOptions(name, connections, redis, tasks),
  });
}

/**
 * Nest needs the queues' names when it builds its module graph, before it can inject a configuration. What is wrong
 * with them is not said here but by ConfigurationModule, together with all else that is wrong.
 */
function declaredQueues(): string[] {
  try {
    return loadConfiguration([TasksConfiguration]).get(TasksConfiguration).queues;
  } catch (error) {
    if (error instanceof InvalidConfigurationError) return [];
    throw error;
  }
}
