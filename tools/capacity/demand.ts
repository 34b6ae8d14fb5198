import { type Assumptions, MOST_POSTGRES_CORES, MOST_REDIS_BYTES, UTILIZATION } from './assumptions';
import type { GrowthFigures } from './growth-figures';
import { largestShare, type Spread } from './simulation/zones';

/** Hours that the schedulers have for the events of a wave: what they schedule is due a month later. */
const SCHEDULERS_HOURS = 1;
const HOURS_A_MONTH = 730;

/** What so many monthly budgets need. Rates are those at midnight of the first, when a whole wave is due. */
export interface Demand {
  readonly budgets: number;
  /** Due at one instant. */
  readonly wave: number;
  /** Renewals. */
  readonly perSecond: number;
  readonly workers: number;
  readonly schedulers: number;
  readonly postgres: Server & {
    readonly diskBytes: number;
    /** Of the open tasks: what is read again and again. */
    readonly indexBytes: number;
    readonly walBytesPerSecond: number;
    /** Rows of the largest table. */
    readonly rows: number;
    readonly vacuumMs: number;
    /** Whole systems that share the load, each with its own part of the budgets: one PostgreSQL cannot do it. */
    readonly cells: number;
  };
  readonly redis: Server & {
    readonly bytes: number;
    readonly bytesWithHorizon: number;
    readonly bytesWithHorizonEvenly: number;
    /** How long the reconciler takes to set the timers of a wave. */
    readonly hoursToEnter: number;
    readonly masters: number;
  };
  readonly rabbit: Server & { readonly messagesPerSecond: number };
}

interface Server {
  /** Processors that it keeps busy, at {@link UTILIZATION}. */
  readonly cores: number;
}

/** Computes what a number of monthly budgets needs. The formulas are in docs/capacity.md, in the same words. */
export function demandOf(budgets: number, spread: Spread, figures: GrowthFigures, assumptions: Assumptions): Demand {
  const { renewal, event } = figures;
  const open = figures.taskBytes + figures.budgetBytes;
  const wave = Math.ceil(largestShare(spread) * budgets);
  const perSecond = wave / (60 * assumptions.minutes);
  const coresFor = (ms: number) => (perSecond * ms) / 1_000 / UTILIZATION;
  const postgresCores = coresFor(renewal.postgresMs + event.postgresMs);
  const redisCores = coresFor(renewal.redisMs + event.redisMs);
  const bytes = budgets * figures.timerBytes;
  const rows = budgets * (1 + assumptions.keptMonths);
  return {
    budgets,
    wave,
    perSecond,
    workers: Math.max(1, Math.ceil(perSecond / (rateOfOne(figures) * UTILIZATION))),
    schedulers: Math.max(1, Math.ceil(wave / (SCHEDULERS_HOURS * 3_600) / (figures.eventsPerSecond * UTILIZATION))),
    postgres: {
      cores: postgresCores,
      diskBytes:
        budgets * (open + figures.outboxBytes + assumptions.keptMonths * (renewal.diskBytes - figures.outboxBytes)),
      indexBytes: budgets * figures.taskIndexBytes,
      walBytesPerSecond: perSecond * (renewal.walBytes + event.walBytes),
      rows,
      vacuumMs: (figures.vacuumMs * rows) / figures.openTasks,
      cells: Math.max(1, Math.ceil(postgresCores / MOST_POSTGRES_CORES)),
    },
    redis: {
      cores: redisCores,
      bytes,
      bytesWithHorizon: figures.timerBytes * dueWithin(spread, budgets, assumptions.horizonHours),
      bytesWithHorizonEvenly: bytes * Math.min(1, assumptions.horizonHours / HOURS_A_MONTH),
      hoursToEnter: wave / figures.timersSetPerSecond / 3_600,
      // Redis works with one processor.
      masters: Math.max(1, Math.ceil(redisCores), Math.ceil(bytes / MOST_REDIS_BYTES)),
    },
    rabbit: {
      cores: coresFor(renewal.rabbitMs + event.rabbitMs),
      // Each event comes in once and goes out once.
      messagesPerSecond: 2 * perSecond,
    },
  };
}

/** Renewals a second of one worker process, as measured. */
export function rateOfOne({ workers }: GrowthFigures): number {
  return workers.find(({ processes }) => processes === 1)!.perSecond;
}

/** The most that are due within so many hours: of waves an hour apart, the largest ones beside each other. */
function dueWithin({ shares }: Spread, budgets: number, hours: number): number {
  const sums = shares.map((_, from) =>
    shares.slice(from, from + Math.floor(hours) + 1).reduce((sum, each) => sum + each, 0),
  );
  return budgets * Math.min(1, Math.max(...sums));
}
