import { testDatabase, type TestDatabase } from '@budget-buddy/testing';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ConnectionPool } from './connection-pool';

let own: TestDatabase;
let pool: ConnectionPool;

beforeAll(async () => {
  own = await testDatabase([]);
  pool = new ConnectionPool({ connectionString: own.url, max: 1 }, { onBrokenConnection: () => undefined });
});
afterAll(async () => {
  await pool.end();
  await own.drop();
});

it('leaves nothing of a transaction that nobody ended to whoever has the connection next', async () => {
  const first = await pool.connect();
  await first.query('begin', []);
  first.release();
  const next = await pool.connect();
  await next.query('create table note (text text)', []);
  const { rows } = await next.query('select pg_current_xact_id_if_assigned() is null as committed', []);
  next.release();
  expect(rows).toEqual([{ committed: true }]);
});
