import 'reflect-metadata';
import { randomUUID } from 'node:crypto';
import { loadConfiguration, PostgresConfiguration } from '@budget-buddy/platform';
import { Pool, type PoolClient } from 'pg';
import { settings, tell } from '../parent';

/** What PostgreSQL is to do. */
export type RawWork = 'insert' | 'insert-100' | 'renewal';

export interface PostgresSettings {
  work: RawWork;
  count: number;
  warmUp: number;
  connections: number;
}

const { work, count, warmUp, connections } = settings<PostgresSettings>();
const { url } = loadConfiguration([PostgresConfiguration]).get(PostgresConfiguration);
const pool = new Pool({ connectionString: url, max: connections });
const STATEMENT_ROWS = 100;
const PAYLOAD = JSON.stringify({ budgetId: randomUUID(), userId: randomUUID() });
const TASK_COLUMNS = 'key, name, queue, payload, status, eta, due_at, created_at, updated_at';
const NEW_TASK = `'raw', 'raw', '${PAYLOAD}', 'scheduled', now(), now(), now(), now()`;
const INSERT = { name: 'insert', text: `insert into tasks.task (${TASK_COLUMNS}) values ($1, ${NEW_TASK})` };
const INSERT_100 = {
  name: 'insert-100',
  text: `insert into tasks.task (${TASK_COLUMNS}) select key, ${NEW_TASK} from unnest($1::text[]) as key`,
};

/** The statements of a renewal, as the product sends them; prepared, with nothing around them. */
async function renew(client: PoolClient, taskKey: string): Promise<void> {
  const [id, successor] = [taskKey, randomUUID()];
  const run = (name: string, text: string, values: unknown[]) => client.query({ name, text, values });
  await client.query('begin');
  await run('claim', 'select * from tasks.task where key = $1 for update', [taskKey]);
  await run(
    'reason',
    `select (select deactivated_at from budgets.deactivation where budget_id = $1),
       (select id from budgets.budget where renewal_of = $1)`,
    [id],
  );
  await run('budget', 'select * from budgets.budget where id = $1', [id]);
  await run(
    'successor',
    `insert into budgets.budget (id, user_id, name, total_limit, categories, strategy, anchor_day, anchor_time,
       time_zone, starts_at, ends_at, renewal_of, chain_id, as_of)
     values ($1, $1, 'Groceries', 50000, '[]', 'monthly', 1, '00:00', 'UTC', now(), now() + interval '1 month', $2, $2, now())
     on conflict do nothing`,
    [successor, id],
  );
  await run(
    'event',
    `insert into events.outbox (message_id, ordering_key, type, body, created_at) values ($1, $2, 'BudgetRenewed', $3, now())
     on conflict (message_id) do nothing`,
    [successor, id, JSON.stringify({ budget_id: successor, old_budget_id: id, padding: 'x'.repeat(300) })],
  );
  await run(
    'settle',
    `update tasks.task set status = 'succeeded', updated_at = now(), finished_at = now(), result = $2,
       history = history || $3::jsonb where key = $1 returning *`,
    [taskKey, PAYLOAD, JSON.stringify([{ what: 'attempt', attempt: 1, outcome: 'succeeded', worker: 'raw' }])],
  );
  await client.query('commit');
}

/** Does it with each key, on all connections side by side. */
async function overAll(keys: readonly string[]): Promise<void> {
  const waiting = [...keys];
  const worker = async (): Promise<void> => {
    const client = await pool.connect();
    try {
      while (waiting.length > 0) {
        if (work === 'renewal') await renew(client, waiting.pop()!);
        else if (work === 'insert') await client.query({ ...INSERT, values: [waiting.pop()!] });
        else await client.query({ ...INSERT_100, values: [waiting.splice(-STATEMENT_ROWS)] });
      }
    } finally {
      client.release();
    }
  };
  await Promise.all(Array.from({ length: connections }, worker));
}

async function main(): Promise<void> {
  const keys = Array.from({ length: count + warmUp }, () => randomUUID());
  // Each task and each budget that is to be renewed is there before.
  if (work === 'renewal') await pool.query(INSERT_100.text, [keys]);
  await overAll(keys.slice(0, warmUp));
  await pool.query('checkpoint').catch(() => undefined);
  const startMs = performance.now();
  await overAll(keys.slice(warmUp));
  const perSecond = count / ((performance.now() - startMs) / 1_000);
  const finished = work === 'renewal' ? 'where finished_at is not null' : '';
  const { rows } = await pool.query<{ found: number }>(`select count(*)::int as found from tasks.task ${finished}`);
  if (rows[0]!.found !== keys.length) throw new Error(`${rows[0]!.found} rows, expected ${keys.length}`);
  await tell({ sample: { perSecond } });
  process.exit(0);
}

void main();
