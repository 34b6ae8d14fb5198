import { testDatabase, type TestDatabase, waitFor } from '@budget-buddy/testing';
import { Logger } from '@nestjs/common';
import { type Kysely, sql } from 'kysely';
import { Temporal } from 'temporal-polyfill';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { TcpProxy } from '../../../../tools/tcp-proxy';
import { Database } from '../postgres/database';
import { openDatabase } from '../postgres/open-database';
import { Shutdown } from '../shutdown/shutdown';
import type { ExpiredRows } from './expired-rows';
import { Retention } from './retention';
import { createRetentionTable } from './retention-table';

let test: TestDatabase;
const lines = { log: vi.fn(), warn: vi.fn() };

beforeAll(async () => {
  const up = (db: Kysely<unknown>) => createRetentionTable(db, 'retention');
  test = await testDatabase([{ name: '2026', migration: { up } }]);
  await sql`create table leaf (id serial)`.execute(test.database.db);
});
afterAll(() => test?.drop());

beforeEach(async () => {
  Logger.overrideLogger(false);
  vi.spyOn(Logger.prototype, 'log').mockImplementation(lines.log.mockReset());
  vi.spyOn(Logger.prototype, 'warn').mockImplementation(lines.warn.mockReset());
  await sql`truncate leaf`.execute(test.database.db);
  await free();
  return () => vi.restoreAllMocks();
});

const add = (count: number) =>
  sql`insert into leaf select from generate_series(1, ${count}::integer)`.execute(test.database.db);

async function left(): Promise<number> {
  const { rows } = await sql<{ n: number }>`select count(*)::integer as n from leaf`.execute(test.database.db);
  return rows[0]!.n;
}

/** As if the next pass were due. */
const free = () => sql`update retention set holder = null, held_until = now()`.execute(test.database.db);

/** All leaves, ten at a time. @param between is waited for with each batch, in its transaction. */
function leaves(between: () => Promise<void> = async () => undefined): ExpiredRows {
  return {
    what: 'leaves',
    walk: () => async (tx) => {
      const { rows } = await sql`
        delete from leaf where id in (select id from leaf order by id limit 10) returning id`.execute(tx);
      await between();
      return { removed: rows.length, isLast: rows.length < 10 };
    },
  };
}

function retention(rows: ExpiredRows, database = test.database): Retention {
  return new Retention(database, { name: 'garden', leaseTable: 'retention', rows: [rows] });
}

describe('a pass', () => {
  it('removes all there is, batch by batch, each in a transaction of its own, and says so in one line', async () => {
    await add(35);
    const seen: number[] = [];
    await retention(leaves(async () => void seen.push(await left()))).pass();
    expect(seen).toEqual([35, 25, 15, 5]);
    expect(await left()).toBe(0);
    expect(lines.log.mock.calls).toEqual([
      [{ removed: 35, durationMs: expect.any(Number) }, 'leaves were kept long enough, and are removed'],
    ]);
  });

  it('that finds nothing says nothing', async () => {
    await retention(leaves()).pass();
    expect(lines.log).not.toHaveBeenCalled();
  });

  it('is one process at a time', async () => {
    await add(20);
    const other = retention(leaves());
    await retention(
      leaves(async () => {
        const before = await left();
        await other.pass();
        expect(await left()).toBe(before);
      }),
    ).pass();
    expect(await left()).toBe(0);
  });

  it('is for one process until its end, also while that rests', async () => {
    await add(20);
    let resting!: () => void;
    const firstBatch = new Promise<void>((resolve) => (resting = resolve));
    const slow = retention(
      leaves(async () => (resting(), void (await sql`select pg_sleep(0.1)`.execute(test.database.db)))),
    );
    const pass = slow.pass();
    await firstBatch;
    await waitFor(async () => (await left()) === 10);
    await retention(leaves()).pass();
    expect(await left()).toBe(10);
    await pass;
    expect(await left()).toBe(0);
  });

  it('is not due again at once, in whichever process', async () => {
    await retention(leaves()).pass();
    await add(5);
    await retention(leaves()).pass();
    expect(await left()).toBe(5);
    await free();
    await retention(leaves()).pass();
    expect(await left()).toBe(0);
  });

  it('goes on in another process when that of the last one vanished, once its time is over', async () => {
    await sql`update retention set holder = gen_random_uuid(), held_until = now() + '1 hour'`.execute(test.database.db);
    await add(5);
    await retention(leaves()).pass();
    expect(await left()).toBe(5);
    await sql`update retention set held_until = now()`.execute(test.database.db);
    await retention(leaves()).pass();
    expect(await left()).toBe(0);
  });

  it('of a process that has lost it meanwhile ends before anything else is removed', async () => {
    await add(30);
    const walk = leaves().walk();
    let batches = 0;
    const frozen = retention({
      what: 'leaves',
      walk: () => async (tx) => {
        const batch = await walk(tx);
        if (++batches === 1) {
          await sql`update retention set holder = gen_random_uuid(), held_until = now() + '1 hour'`.execute(tx);
        }
        return batch;
      },
    });
    await frozen.pass();
    expect(await left()).toBe(20);
    expect(batches).toBe(1);
  });
});

describe('in the background', () => {
  it('it begins at the start, and ends with the batch at hand when the process has to', async () => {
    await add(1_000);
    const shutdown = new Shutdown();
    retention(leaves()).start(shutdown);
    await waitFor(async () => (await left()) < 1_000);
    await shutdown.beforeApplicationShutdown();
    const rest = await left();
    expect(rest).toBeGreaterThan(0);
    expect(rest % 10).toBe(0);
    expect(lines.log).toHaveBeenCalledWith(
      { removed: 1_000 - rest, durationMs: expect.any(Number) },
      'leaves were kept long enough, and are removed',
    );
  });

  it('it says once that PostgreSQL is away, and goes on when it is back', async () => {
    const proxy = new TcpProxy(new URL(test.url));
    await proxy.reserve();
    const settings = { url: proxy.url, poolSize: 1 };
    const [statementTimeout, idleTransactionTimeout] = [
      Temporal.Duration.from('PT1S'),
      Temporal.Duration.from('PT60S'),
    ];
    const far = openDatabase({ ...settings, statementTimeout, idleTransactionTimeout });
    await add(5);
    let tries = 0;
    const database = new Database(far);
    const transaction = database.transaction.bind(database);
    vi.spyOn(database, 'transaction').mockImplementation((work) => (tries++, transaction(work)));
    const shutdown = new Shutdown();
    retention(leaves(), database).start(shutdown);
    await waitFor(() => tries >= 3);
    expect(lines.warn).toHaveBeenCalledOnce();
    expect(lines.warn.mock.calls[0]![1]).toBe('Removing what is old is interrupted, trying again (garden)');
    await proxy.open();
    await waitFor(async () => (await left()) === 0);
    await waitFor(() => lines.log.mock.calls.some(([line]) => line === 'Removing what is old goes on (garden)'));
    expect(lines.warn).toHaveBeenCalledOnce();
    await shutdown.beforeApplicationShutdown();
    await far.destroy();
    await proxy.cut();
  });
});
