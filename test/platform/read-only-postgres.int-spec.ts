import { loadConfiguration, openDatabase, PostgresConfiguration } from '@budget-buddy/platform';
import { testDatabase, type TestDatabase, waitFor } from '@budget-buddy/testing';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { FixtureProcess } from './fixture-process';

const server = openDatabase({ ...loadConfiguration([PostgresConfiguration]).get(PostgresConfiguration), poolSize: 1 });
let own: TestDatabase;
let app: FixtureProcess;

beforeAll(async () => {
  own = await testDatabase([]);
  app = new FixtureProcess({ FIXTURE: 'servers', BUDGETBUDDY_POSTGRES_URL: own.url });
  await app.says('worker is up');
});

afterAll(async () => {
  await app.end();
  await own.drop();
  await server.destroy();
});

const name = () => new URL(own.url).pathname.slice(1);
const isReady = async () => (await app.health('ready')).code === 200;

/** Those who connect from now on may not write, as when a standby answers at the primary's address. */
async function becomeReadOnly(): Promise<void> {
  await sql`alter database ${sql.id(name())} set default_transaction_read_only = on`.execute(server);
  await sql`select pg_terminate_backend(pid) from pg_stat_activity where datname = ${name()}`.execute(server);
}

it('an app is not ready while PostgreSQL is read-only, says so, and finds the one that is not by itself', async () => {
  await waitFor(isReady, { description: 'the app to be ready' });
  await becomeReadOnly();
  const { postgres } = await waitFor(async () => {
    const { details } = await app.health('ready');
    return details['postgres']?.reason?.includes('read-only') && details;
  });
  expect(postgres).toEqual({
    status: 'down',
    reason: 'PostgreSQL is unavailable: it is read-only (a standby, or default_transaction_read_only is on)',
  });
  await sql`alter database ${sql.id(name())} reset default_transaction_read_only`.execute(server);
  await waitFor(isReady, { description: 'the app to be ready again' });
});
