import { Redis } from 'ioredis';
import { Client } from 'pg';
import type { RecordedMessage } from './queue-recorder';

/** A row of `budgets.budget`. Times are in ms since 1970, ends are the first ms that is not in the period. */
export interface BudgetRow {
  readonly id: string;
  readonly user_id: string;
  readonly name: string;
  readonly total_limit: string;
  readonly currency: string | null;
  readonly categories: unknown;
  readonly strategy: string;
  readonly time_zone: string;
  readonly starts_ms: number;
  readonly ends_ms: number;
  readonly renewal_of: string | null;
  readonly chain_id: string;
}

/** A row of `tasks.task`. */
export interface TaskRow {
  readonly key: string;
  readonly status: string;
  readonly due_ms: number;
  readonly revision: number;
  readonly attempts: number;
  readonly reason: string | null;
  readonly result: { readonly renewed_budget_id?: string } | null;
  readonly history: readonly { readonly what: string; readonly outcome?: string; readonly error?: string }[];
  readonly finished_ms: number | null;
}

/** A delayed job in Redis. */
export interface TimerEntry {
  readonly dueMs: number;
  /** What it carries, as JSON; undefined when its job is not there. */
  readonly data?: string;
}

/** All that is to be seen of a system from outside of it. */
export interface Evidence {
  readonly budgets: readonly BudgetRow[];
  readonly tasks: readonly TaskRow[];
  /** Events that are in the outbox and were not published. */
  readonly unpublished: number;
  /** The waiting timers, by the ids of their jobs. */
  readonly timers: ReadonlyMap<string, TimerEntry>;
  /** What another service heard, in the order of its arrival. */
  readonly events: readonly RecordedMessage[];
  readonly deadLetters: readonly RecordedMessage[];
}

const BUDGETS = `select id, user_id, name, total_limit, currency, categories, strategy, time_zone, renewal_of, chain_id,
  (extract(epoch from starts_at) * 1000)::float8 as starts_ms, (extract(epoch from ends_at) * 1000)::float8 as ends_ms
  from budgets.budget`;
const TASKS = `select key, status, revision, attempts, reason, result, history,
  (extract(epoch from due_at) * 1000)::float8 as due_ms, (extract(epoch from finished_at) * 1000)::float8 as finished_ms
  from tasks.task`;
const UNPUBLISHED = 'select count(*)::int as count from events.outbox where published_at is null';

/** Reads what PostgreSQL holds. */
export async function readLedger(url: string): Promise<Pick<Evidence, 'budgets' | 'tasks' | 'unpublished'>> {
  const client = new Client({ connectionString: url });
  client.on('error', () => undefined);
  await client.connect();
  try {
    const { rows: budgets } = await client.query<BudgetRow>(BUDGETS);
    const { rows: tasks } = await client.query<TaskRow>(TASKS);
    const { rows: unpublished } = await client.query<{ count: number }>(UNPUBLISHED);
    return { budgets, tasks, unpublished: unpublished[0]!.count };
  } finally {
    await client.end();
  }
}

/** Bull's score of a delayed job: its time in ms x 4096, plus a counter. */
const SCORE_PER_MS = 4096;

/** Reads which timers wait in Redis. @param queue the name of the queue with its prefix, as its keys begin. */
export async function readTimers(url: string, queue: string): Promise<Evidence['timers']> {
  const redis = new Redis(url);
  redis.on('error', () => undefined);
  try {
    const entries = await redis.zrange(`${queue}:delayed`, 0, -1, 'WITHSCORES');
    const ids = entries.filter((_, index) => index % 2 === 0);
    const jobs = await Promise.all(ids.map((id) => redis.hget(`${queue}:${id}`, 'data')));
    const timers = ids.map((id, index): [string, TimerEntry] => {
      const dueMs = Math.floor(Number(entries[index * 2 + 1]) / SCORE_PER_MS);
      return [id, { dueMs, data: jobs[index] ?? undefined }];
    });
    return new Map(timers);
  } finally {
    redis.disconnect();
  }
}
