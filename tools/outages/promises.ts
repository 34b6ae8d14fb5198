import type { Difference } from '../faults/difference';
import type { ServerKind } from '../servers';
import type { TaskTimes } from './backlog';
import type { OutageTimes } from './health-judgement';
import { LIMITS } from './limits';
import type { Outage } from './outage';
import type { Told } from './steady-traffic';

/** What became of the traffic of one outage. */
export interface Happened {
  readonly budgets: readonly Told[];
  /** By budget id. */
  readonly tasks: ReadonlyMap<string, TaskTimes>;
  /** Events in the outbox just before the end; undefined when PostgreSQL could not tell. */
  readonly waiting?: number;
  readonly times: OutageTimes;
}

/** Whether the promise of an outage's row in the table "What happens when" was kept, and by how much, in words. */
export interface PromiseFindings {
  readonly words: string;
  readonly differences: readonly Difference[];
}

type Check = (happened: Happened, outage: Outage) => PromiseFindings;

const CHECKS: Record<ServerKind, Check> = { redis: checkRedis, rabbitmq: checkRabbit, postgres: checkPostgres };

/** An outage must last so long for anything to be seen of it, in ms. */
const VISIBLE_MS = 5_000;

export function checkPromise(outage: Outage, happened: Happened): PromiseFindings {
  const failed = [...happened.tasks].filter(([, { failures }]) => failures > 0);
  const findings = outage.kind === 'slow' ? checkSlow(happened) : CHECKS[outage.server](happened, outage);
  const used = failed.map(([about, found]) => ({ what: 'an outage used up a try', about, expected: 0, found }));
  return { ...findings, differences: [...findings.differences, ...used] };
}

/** Events are accepted into the ledger meanwhile. */
function checkRedis({ budgets, tasks, times }: Happened): PromiseFindings {
  const told = budgets.filter(({ confirmation: told }) => told && isWithin(told.confirmedAtMs, times));
  const delays = told.map((budget) => ({ budget, ms: acceptedMs(budget, tasks) }));
  return {
    words: `${told.length} events accepted, ${longest(delays)}`,
    differences: late(delays, 'an event is not accepted while Redis is away', LIMITS.acceptedMs),
  };
}

/** Due tasks run meanwhile; their events wait. */
function checkRabbit({ budgets, tasks, waiting, times }: Happened, { forMs }: Outage): PromiseFindings {
  const due = budgets.filter(({ story, dueMs }) => {
    const known = tasks.get(story.budgetId);
    return isWithin(dueMs, times) && known && known.created_ms < dueMs;
  });
  const delays = due.map((budget) => ({ budget, ms: doneMs(budget, tasks) }));
  const nothingWaits = forMs >= VISIBLE_MS && waiting === 0;
  return {
    words: `${due.length} due tasks done, ${longest(delays)}; ${waiting ?? '?'} events wait`,
    differences: [
      ...late(delays, 'a due task is not done while RabbitMQ is away', LIMITS.doneMs),
      ...(due.length === 0 ? [nothingSeen('due tasks')] : []),
      ...(nothingWaits ? [nothingSeen('events in the outbox')] : []),
    ],
  };
}

/** Messages and timers wait. None counts a failure. */
function checkPostgres({ budgets, tasks, times }: Happened): PromiseFindings {
  const told = budgets.filter(({ confirmation: told }) => told && isWithin(told.confirmedAtMs, times));
  const due = budgets.filter(({ dueMs }) => isWithin(dueMs, times));
  const failures = due.filter(({ story }) => (tasks.get(story.budgetId)?.failures ?? 0) > 0);
  return {
    words: `${told.length} events and ${due.length} due tasks waited, ${failures.length} tries used up`,
    differences: [],
  };
}

/** Everything goes on, a little later. */
function checkSlow({ budgets, tasks, times }: Happened): PromiseFindings {
  const due = budgets.filter(({ story, dueMs }) => {
    const known = tasks.get(story.budgetId);
    return isWithin(dueMs, times) && known && known.created_ms < times.endedMs;
  });
  const delays = due.map((budget) => ({ budget, ms: doneMs(budget, tasks) }));
  return {
    words: `${due.length} due tasks done, ${longest(delays)}`,
    differences: late(delays, 'a due task is not done while a server is slow', LIMITS.recoveredMs),
  };
}

interface Delay {
  readonly budget: Told;
  readonly ms: number;
}

function acceptedMs({ story, confirmation }: Told, tasks: Happened['tasks']): number {
  return (tasks.get(story.budgetId)?.created_ms ?? Infinity) - confirmation!.confirmedAtMs;
}

function doneMs({ story, dueMs, confirmation }: Told, tasks: Happened['tasks']): number {
  const couldBeMs = Math.max(dueMs, confirmation?.confirmedAtMs ?? 0);
  return (tasks.get(story.budgetId)?.finished_ms ?? Infinity) - couldBeMs;
}

function isWithin(ms: number, { struckMs, endedMs }: OutageTimes): boolean {
  return ms >= struckMs && ms < endedMs;
}

function longest(delays: readonly Delay[]): string {
  const ms = Math.max(0, ...delays.map((delay) => delay.ms));
  return `the slowest after ${(ms / 1_000).toFixed(1)} s`;
}

function late(delays: readonly Delay[], what: string, limitMs: number): Difference[] {
  const about = ({ budget }: Delay) => budget.story.budgetId;
  return delays
    .filter(({ ms }) => ms > limitMs)
    .map((delay) => ({ what, about: about(delay), expected: `within ${limitMs} ms`, found: delay.ms }));
}

function nothingSeen(what: string): Difference {
  return { what: 'an outage had nothing to show', about: what, expected: 'some', found: 'none' };
}
