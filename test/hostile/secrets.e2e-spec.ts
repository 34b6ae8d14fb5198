import { waitFor } from '@budget-buddy/testing';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { AppProcess } from '../../tools/apps/app-process';
import { budgetCreated, endingIn } from '../support/budget-events';
import { bullQueueOf } from '../support/bull-queue';
import { WholeSystem } from '../support/whole-system';
import { type Ending, runBuilt } from './built-program';
import { takeDeadLetters } from './dead-letters-by-id';
import { RefusingPostgres } from './refusing-postgres';

/** The password of every connection and of the dashboard, as URLs have it, and the signs by which it is found again. */
const PASSWORD = 'Zq7first%40Zq7second';
const BASE64 = Buffer.from(`u:${decodeURIComponent(PASSWORD)}`)
  .toString('base64')
  .slice(0, 20);
const SIGNS = new RegExp(`Zq7|${BASE64}`);

const NOWHERE = '127.0.0.1:1';
const hostOf = (variable: string) => new URL(process.env[variable]!).host;
const postgres = (host: string, more = '') => ({
  BUDGETBUDDY_POSTGRES_URL: `postgres://u:${PASSWORD}@${host}/postgres${more}`,
});
const redis = (host: string, scheme = 'redis') => ({
  BUDGETBUDDY_REDIS_URL: `${scheme}://u:${PASSWORD}@${host}${scheme.includes('sentinel') ? '/main' : ''}`,
});
const rabbit = (host: string, scheme = 'amqp') => ({ BUDGETBUDDY_RABBITMQ_URL: `${scheme}://u:${PASSWORD}@${host}` });

const MALFORMED = {
  BUDGETBUDDY_POSTGRES_URL: `postgres//u:${PASSWORD}@host/ db`,
  BUDGETBUDDY_REDIS_URL: `redis://u:${PASSWORD} more@host:0/x`,
  BUDGETBUDDY_RABBITMQ_URL: `amqp//u:"${PASSWORD}@host`,
  BUDGETBUDDY_LOG_LEVEL: `amqp://u:${PASSWORD}@host`,
};
const LOGIN = { BUDGETBUDDY_DASHBOARD_USERNAME: 'u', BUDGETBUDDY_DASHBOARD_PASSWORD: decodeURIComponent(PASSWORD) };

let refusing: RefusingPostgres;
let system: WholeSystem;

type Environment = Readonly<Record<string, string>>;
type Row = [what: string, program: string, env: () => Environment, says: (RegExp | string)[], args?: string[]];

/** What goes wrong with servers and settings, and what is told of it. */
const app = (name: string) => `apps/${name}/src/main`;
const rows: Row[] = [
  [
    'a scheduler whose password RabbitMQ and Redis refuse',
    app('scheduler'),
    () => ({ ...redis(hostOf('BUDGETBUDDY_REDIS_URL')), ...rabbit(hostOf('BUDGETBUDDY_RABBITMQ_URL')) }),
    ['WRONGPASS', 'ACCESS.REFUSED', ' 503 '],
  ],
  [
    'a scheduler whose RabbitMQ and Redis are away',
    app('scheduler'),
    () => ({ ...redis(NOWHERE), ...rabbit(NOWHERE) }),
    ['Redis is unavailable', 'RabbitMQ is unavailable', ' 503 '],
  ],
  [
    'a scheduler whose RabbitMQ and Redis speak no TLS',
    app('scheduler'),
    () => ({
      ...redis(hostOf('BUDGETBUDDY_REDIS_URL'), 'rediss'),
      ...rabbit(hostOf('BUDGETBUDDY_RABBITMQ_URL'), 'amqps'),
      BUDGETBUDDY_LOG_FORMAT: 'pretty',
      BUDGETBUDDY_LOG_LEVEL: 'trace',
    }),
    ['Redis is unavailable', 'RabbitMQ is unavailable', ' 503 '],
  ],
  [
    'a scheduler whose password PostgreSQL refuses',
    app('scheduler'),
    () => postgres(`127.0.0.1:${refusing.port}`),
    ['cannot start', 'password authentication failed'],
  ],
  [
    'a worker whose PostgreSQL speaks no TLS',
    app('worker'),
    () => postgres(hostOf('BUDGETBUDDY_POSTGRES_URL'), '?sslmode=verify-full'),
    ['cannot start', 'SSL'],
  ],
  [
    'a worker whose Sentinels refuse the password',
    app('worker'),
    () => ({
      ...redis(hostOf('BUDGETBUDDY_REDIS_URL'), 'redis+sentinel'),
      BUDGETBUDDY_REDIS_SENTINEL_PASSWORD: decodeURIComponent(PASSWORD),
    }),
    ['Redis is unavailable', ' 503 '],
  ],
  ['a worker with settings that are none', app('worker'), () => MALFORMED, ['The configuration is invalid \\(4\\)']],
  [
    'a dashboard whose password Redis refuses',
    app('dashboard'),
    () => ({ ...redis(hostOf('BUDGETBUDDY_REDIS_URL')), ...LOGIN }),
    ['WRONGPASS', ' 503 ', ' 401 '],
  ],
  [
    'a dashboard with the password in the name',
    app('dashboard'),
    () => ({ BUDGETBUDDY_DASHBOARD_USERNAME: `u:${PASSWORD}` }),
    ['BUDGETBUDDY_DASHBOARD_USERNAME is "\\*\\*\\*"', 'expected a name without a colon|must be a name'],
  ],
  [
    'tasks',
    'tools/tasks',
    () => postgres(`127.0.0.1:${refusing.port}`),
    ['password authentication failed'],
    ['failed'],
  ],
  ['tasks, settings that are none', 'tools/tasks', () => MALFORMED, ['configuration is invalid'], ['failed']],
  ['preflight', 'tools/preflight', () => postgres(NOWHERE), ['PostgreSQL is unavailable']],
  ['preflight, settings that are none', 'tools/preflight', () => MALFORMED, ['configuration is invalid']],
  ['migrate', 'tools/migrate', () => postgres(`127.0.0.1:${refusing.port}`), ['password authentication failed']],
  ['migrate, settings that are none', 'tools/migrate', () => MALFORMED, ['configuration is invalid']],
  [
    'dead-letters',
    'tools/dead-letters',
    () => rabbit(hostOf('BUDGETBUDDY_RABBITMQ_URL')),
    ['u:\\*\\*\\*@.*ACCESS.REFUSED'],
    ['list'],
  ],
  [
    'dead-letters without TLS',
    'tools/dead-letters',
    () => rabbit(hostOf('BUDGETBUDDY_RABBITMQ_URL'), 'amqps'),
    ['amqps://u:\\*\\*\\*@.*cannot be reached'],
    ['list'],
  ],
  ['publish', 'tools/publish', () => rabbit(NOWHERE), ['u:\\*\\*\\*@.*cannot be reached'], ['X', '--a', '1']],
  [
    'publish, a URL that is none',
    'tools/publish',
    () => ({}),
    ['configuration is invalid'],
    ['X', '--a', '1', '--url', MALFORMED.BUDGETBUDDY_RABBITMQ_URL],
  ],
  [
    'start',
    'tools/start',
    () => ({ ...postgres(NOWHERE), ...redis(NOWHERE), ...rabbit(NOWHERE) }),
    ['u:\\*\\*\\*@', 'ECONNREFUSED'],
  ],
];

const AT_ONCE = 2;
const endings = new Map<string, Ending>();

async function runAll(): Promise<void> {
  const left = [...rows];
  const runNext = async (): Promise<void> => {
    for (let row = left.shift(); row; row = left.shift()) {
      const [what, program, env, says, args = []] = row;
      const all = { ...system.env, BUDGETBUDDY_DASHBOARD_PORT: '0', ...env() };
      endings.set(
        what,
        await runBuilt(
          program,
          args,
          all,
          says.map((each) => new RegExp(each)),
        ),
      );
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, runNext));
}

beforeAll(async () => {
  refusing = await RefusingPostgres.start();
  system = await WholeSystem.prepare({
    BUDGETBUDDY_EVENT_RETRY_DELAYS: 'PT0.1S',
    BUDGETBUDDY_TASK_RETRY_DELAY: 'PT0.1S',
  });
  await runAll();
});
afterAll(async () => {
  refusing?.stop();
  await system?.end();
});

it.each(rows)('%s: what is wrong is told, and no password', (what, _program, _env, says) => {
  const { said } = endings.get(what)!;
  for (const each of says) expect(said).toMatch(new RegExp(each));
  expect(said).not.toMatch(SIGNS);
});

/** An error as PostgreSQL might tell it, of a server that it is to reach. */
async function leakErrors(): Promise<void> {
  await sql`
    create function budgets.leak() returns trigger language plpgsql as ${sql.lit(`begin
      raise exception '%', 'no answer of amqp://u:${PASSWORD}@host/ (host=x password=${PASSWORD})'
        using detail = 'asked {"url":"redis://:${PASSWORD}@host"}', hint = 'try postgres://u:${PASSWORD}@host/db';
    end`)}`.execute(system.db);
  await sql`
    create trigger leak before insert on budgets.budget for each row
      when (new.name = 'Leaky' or new.renewal_of is not null) execute function budgets.leak()`.execute(system.db);
}

/** All that the ledger, the outbox and Bull keep. */
async function kept(): Promise<string> {
  const tables = ['tasks.task', 'events.outbox', 'tasks.reconciliation'];
  const rows = await Promise.all(
    tables.map((table) => sql`select to_jsonb(t)::text as row from ${sql.table(table)} as t`.execute(system.db)),
  );
  const queue = bullQueueOf(system);
  const jobs = await queue.getJobs(['waiting', 'active', 'delayed', 'completed', 'failed']);
  await queue.close();
  return JSON.stringify([rows.map((each) => each.rows), jobs.map((job) => job?.toJSON())]);
}

it('an error that holds the URLs of servers is told without their passwords, wherever it is kept', async () => {
  let log = '';
  const start = (name: 'scheduler' | 'worker' | 'dashboard', env: Environment = {}) =>
    AppProcess.spawn(name, { env: { ...system.env, ...env }, onLine: (line) => (log += `${line}\n`) });
  await leakErrors();
  const apps = [
    start('scheduler'),
    start('worker', { BUDGETBUDDY_LOG_LEVEL: 'trace' }),
    start('dashboard', { BUDGETBUDDY_DASHBOARD_PORT: '0', ...LOGIN }),
  ];
  try {
    await Promise.all(apps.map((each) => each.ready()));
    const told = await system.broker.collect('BudgetRenewalFailed');
    const renewed = budgetCreated(endingIn(1));
    await system.publish('BudgetCreated', renewed);
    await system.publish('BudgetCreated', budgetCreated({ name: 'Leaky' }), { messageId: 'leaky' });
    const noDate = `amqp://u:${PASSWORD}@host`;
    await system.publish('BudgetCreated', budgetCreated({ start_date: noDate }), { messageId: 'no date' });
    const letters = await takeDeadLetters(system, 2);
    const failed = await system.renewalIs('failed', renewed);
    await waitFor(() => told.length > 0, { description: 'the event that the renewal has failed' });

    expect(letters.get('leaky')).toMatchObject({ reason: 'exhausted', history: [{ attempt: 1 }, { attempt: 2 }] });
    expect(letters.get('no date')?.error).toContain('start_date is "amqp://u:***@host"');
    expect(failed.reason).toContain('no answer of amqp://u:***@host/');
    expect(failed.history).toHaveLength(4);

    const headers = [...letters.values()].map(({ message }) => message.properties.headers);
    const events = told.map(({ content, properties }) => [content.toString(), properties]);
    const tools = await Promise.all([
      runBuilt('tools/tasks', ['show', renewed.budget_id], system.env, []),
      runBuilt('tools/tasks', ['failed'], system.env, []),
    ]);
    expect(tools.map(({ said }) => said).join()).toContain('amqp://u:***@host');
    const board = await askBoard(apps[2]!.address!);
    expect(JSON.stringify({ headers, events, tools, board, kept: await kept() })).not.toMatch(SIGNS);
    expect(log).toContain('no answer of amqp://u:***@host/');
    expect(log).not.toMatch(SIGNS);
  } finally {
    await Promise.all(apps.map((each) => each.stop()));
  }
});

/** What the dashboard answers to those who know the password, and to those who do not. */
async function askBoard(url: string): Promise<string[]> {
  const answers: string[] = [];
  const authorizations = [`u:${decodeURIComponent(PASSWORD)}`, `u:${decodeURIComponent(PASSWORD)}?`, 'Zq8'];
  for (const authorization of authorizations) {
    const headers = { Authorization: `Basic ${Buffer.from(authorization).toString('base64')}` };
    for (const path of ['/', '/api/queues?activeQueue=budget_renewal_queue&status=failed&page=1', '/%zz', '/nowhere']) {
      const response = await fetch(url + path, { headers });
      answers.push(`${response.status} ${await response.text()}`);
    }
  }
  expect(answers[0]).toMatch(/^200 /);
  expect(answers.at(-1)).toMatch(/^401 /);
  return answers;
}
