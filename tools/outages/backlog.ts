import { Redis } from 'ioredis';
import pg from 'pg';
import { TIMERS } from '../faults/names';
import type { SystemUnderTest } from '../faults/system-under-test';

/** What is left to be done of all that should have been done by a moment. */
export interface Backlog {
  /** Budgets that were told of, and of which the ledger does not know. */
  readonly unknown: number;
  /** Open tasks that are due. */
  readonly overdue: number;
  /** Events that are not published. */
  readonly unpublished: number;
  /** Tasks that wait without a timer. */
  readonly untimed: number;
}

const OPEN = `select key, revision, due_at <= $1 as overdue from tasks.task where finished_at is null and created_at <= $1`;
const UNPUBLISHED = 'select count(*)::int as count from events.outbox where published_at is null and created_at <= $1';
const KNOWN = 'select count(*)::int as count from tasks.task where key = any($1)';

/**
 * Looks straight at the servers.
 * @param toldIds the budgets that the system should know of. @param byMs the moment, in ms since 1970.
 */
export async function backlogOf(system: SystemUnderTest, toldIds: readonly string[], byMs: number): Promise<Backlog> {
  const { postgres, redis } = system.servers;
  const by = new Date(byMs);
  const { open, unpublished, known } = await asking(postgres.url, async (client) => ({
    open: (await client.query<{ key: string; revision: number; overdue: boolean }>(OPEN, [by])).rows,
    unpublished: (await client.query<{ count: number }>(UNPUBLISHED, [by])).rows[0]!.count,
    known: (await client.query<{ count: number }>(KNOWN, [toldIds.map((id) => `renew-budget-${id}`)])).rows[0]!.count,
  }));
  const timers = await timersIn(redis.url);
  const overdue = open.filter((task) => task.overdue);
  const untimed = open.filter((task) => !task.overdue && !timers.has(`${task.key}-${task.revision}`));
  return { unknown: toldIds.length - known, overdue: overdue.length, unpublished, untimed: untimed.length };
}

/** How many events wait in the outbox. */
export async function waitingEvents({ servers }: SystemUnderTest): Promise<number> {
  return asking(servers.postgres.url, async (client) => {
    const { rows } = await client.query<{ count: number }>(UNPUBLISHED, [new Date()]);
    return rows[0]!.count;
  });
}

/** What the ledger says of a task that a promise is about; times in ms since 1970. */
export interface TaskTimes {
  readonly created_ms: number;
  readonly finished_ms: number | null;
  readonly failures: number;
}

const TIMES = `select key, (extract(epoch from created_at) * 1000)::float8 as created_ms,
  (extract(epoch from finished_at) * 1000)::float8 as finished_ms,
  jsonb_array_length(jsonb_path_query_array(history, '$[*] ? (@.outcome == "failed")')) as failures
  from tasks.task where key = any($1)`;

/** The tasks of these budgets, by budget id. */
export async function taskTimes(system: SystemUnderTest, ids: readonly string[]): Promise<Map<string, TaskTimes>> {
  const keys = new Map(ids.map((id) => [`renew-budget-${id}`, id]));
  return asking(system.servers.postgres.url, async (client) => {
    const { rows } = await client.query<TaskTimes & { key: string }>(TIMES, [[...keys.keys()]]);
    return new Map(rows.map((row) => [keys.get(row.key)!, row]));
  });
}

async function asking<Answer>(url: string, ask: (client: pg.Client) => Promise<Answer>): Promise<Answer> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5_000, query_timeout: 10_000 });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return await ask(client);
  } finally {
    await client.end();
  }
}

/** The jobs that are to come: delayed, or about to be run. */
async function timersIn(url: string): Promise<Set<string>> {
  const redis = new Redis(url, { commandTimeout: 5_000 });
  redis.on('error', () => undefined);
  try {
    const lists = await Promise.all([
      redis.zrange(`${TIMERS}:delayed`, 0, -1),
      redis.lrange(`${TIMERS}:wait`, 0, -1),
      redis.lrange(`${TIMERS}:active`, 0, -1),
    ]);
    return new Set(lists.flat());
  } finally {
    redis.disconnect();
  }
}
