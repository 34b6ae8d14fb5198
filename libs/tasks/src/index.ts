export { Task, type TaskOptions } from './task/task';
export { keyOf, taskUuid } from './task/task-key';
export { type PayloadOf } from './task/task-payload';
export { InvalidTaskPayloadError, type PayloadViolation } from './task/invalid-task-payload-error';
export { PermanentTaskError } from './task/permanent-task-error';
export { skip, Skip } from './task/skip';
export { HandlesTask, type TaskContext, type TaskFailure, type TaskHandler } from './task/task-handler';
export { InvalidDueTimeError, type When } from './task/due-time';
export { exponential, fixed, increasing, perError, type RetryDelay } from './retry/retry-delay';
export { RetryInterceptor } from './retry/retry.interceptor';
export {
  TaskNotFoundError,
  TaskScheduler,
  TaskStateError,
  type ScheduledTask,
  type ScheduleOptions,
} from './task-scheduler';
export { type OpenTask } from './ledger/open-task';
export { TaskLedger } from './ledger/task-ledger';
export { isOpen, type TaskRecord, type TaskStatus } from './ledger/task-record';
export { type TaskHistoryEntry } from './ledger/task-table';
export { taskMigrations } from './ledger/migrations';
export { TaskQueues, TaskRoutingError } from './timers/task-queues';
export { TaskTimers } from './timers/task-timers';
export { type Findings, type ReconciliationScope } from './reconcile/reconciliation';
export { TimerReconciliation } from './reconcile/timer-reconciliation';
export { TaskHandlerError } from './worker/task-handlers';
export { TasksConfiguration } from './tasks-configuration';
export { TasksModule } from './tasks.module';
