import { ArrayNotEmpty, ArrayUnique, IsInt, IsOptional, Matches, Max, Min, Validate } from 'class-validator';
import { durationBetween, Variable } from '@budget-buddy/platform';
import { Temporal } from 'temporal-polyfill';
import { DeclaredQueues } from './timers/declared-queues';
import { HorizonSeenInTime } from './timers/horizon-seen-in-time';

const QUEUE_NAME = /^[A-Za-z0-9._-]+$/;

/** The tasks: their queues, how many run at a time, how failures and lost workers are dealt with. */
export class TasksConfiguration {
  @Variable('BUDGETBUDDY_QUEUES', {
    description: 'The Bull queues there are, separated by commas.',
    default: 'budget_renewal_queue',
    parse: parseNames,
  })
  @ArrayNotEmpty()
  @ArrayUnique()
  @Matches(QUEUE_NAME, { each: true, message: 'each queue must be a name of letters, digits, ".", "_" and "-"' })
  queues!: string[];

  @Variable('BUDGETBUDDY_WORKER_QUEUES', {
    description:
      'The queues a worker works on, separated by commas; all there are, by default. With workers of its own a queue ' +
      'stays on time whatever is due in others. Each queue needs a worker.',
    parse: parseNames,
  })
  @IsOptional()
  @ArrayUnique()
  @Validate(DeclaredQueues)
  workerQueues?: string[];

  @Variable('BUDGETBUDDY_TASK_ROUTES', {
    description: 'Tasks that go to another queue than their class says: `task=queue`, separated by commas.',
    default: '',
    parse: parseRoutes,
  })
  routes!: ReadonlyMap<string, string>;

  @Variable('BUDGETBUDDY_WORKER_CONCURRENCY', {
    description:
      'How many tasks of one queue a worker process runs at a time. Those whose handler shares its transaction with others ' +
      'do so in groups of up to 200, at most 30 tasks at a time while another queue of the worker has tasks, too; of the ' +
      'others each holds a connection to PostgreSQL, and runs as soon as there is one.',
    default: '400',
  })
  @IsInt()
  @Min(1)
  @Max(1000)
  concurrency!: number;

  @Variable('BUDGETBUDDY_TASK_RETRY_DELAY', {
    description: 'Wait before the first retry of a failed task; the second waits twice, the third three times as long.',
    default: 'PT60S',
    parse: durationBetween('PT0.001S', 'P7D'),
  })
  retryDelay!: Temporal.Duration;

  @Variable('BUDGETBUDDY_TASK_MAX_BYTES', {
    description: "How large a task's payload may be, in bytes of JSON.",
    default: '65536',
  })
  @IsInt()
  @Min(1)
  maxPayloadBytes!: number;

  @Variable('BUDGETBUDDY_TASK_STALLED_AFTER', {
    description: 'How long after its worker vanished a task is given to another one.',
    default: 'PT30S',
    parse: durationBetween('PT1S', 'PT1H'),
  })
  stalledAfter!: Temporal.Duration;

  @Variable('BUDGETBUDDY_RECONCILE_INTERVAL', {
    description:
      'How often the timers of tasks that are due soon (in a minute, or three intervals if that is longer) are compared ' +
      'with the ledger, and mended.',
    default: 'PT5S',
    parse: durationBetween('PT0.1S', 'PT1H'),
  })
  reconcileInterval!: Temporal.Duration;

  @Variable('BUDGETBUDDY_RECONCILE_ALL_INTERVAL', {
    description: 'How often the timers of all open tasks are compared. It is done at once when Redis lost its memory.',
    default: 'PT10M',
    parse: durationBetween('PT1S', 'P1D'),
  })
  reconcileAllInterval!: Temporal.Duration;

  @Variable('BUDGETBUDDY_TIMER_HORIZON', {
    description:
      'How far ahead timers are kept in Redis; what is due later waits in the ledger alone, and is given its timer in ' +
      'time. At least twice BUDGETBUDDY_RECONCILE_ALL_INTERVAL. Bounds the memory of Redis. Without it all open tasks have timers.',
    parse: durationBetween('PT2M', 'P36500D'),
  })
  @IsOptional()
  @Validate(HorizonSeenInTime)
  timerHorizon?: Temporal.Duration;

  @Variable('BUDGETBUDDY_TASK_RETENTION', {
    description:
      'How long a task that has succeeded or was skipped is kept in the ledger after that, if its class says ' +
      '`forgettable`; also, how long what the reconciler mended is. See [retention](retention.md).',
    default: 'P400D',
    parse: durationBetween('P1D', 'P36500D'),
  })
  taskRetention!: Temporal.Duration;
}

/** A minute, in ms. */
const LEAST_SOON_MS = 60_000;

/** How far ahead of its due time a task is compared with its timer on the short interval, in ms. */
export function soonMs({ reconcileInterval }: Pick<TasksConfiguration, 'reconcileInterval'>): number {
  return Math.max(LEAST_SOON_MS, 3 * reconcileInterval.total('milliseconds'));
}

function parseNames(text: string): string[] {
  return text.split(',').map((name) => name.trim());
}

function parseRoutes(text: string): ReadonlyMap<string, string> {
  const routes = text.split(',').filter((route) => route.trim() !== '');
  return new Map(
    routes.map((route) => {
      const [task, queue, ...rest] = route.split('=').map((part) => part.trim());
      if (!task || !queue || rest.length > 0) throw new Error('task=queue, separated by commas');
      return [task, queue];
    }),
  );
}
