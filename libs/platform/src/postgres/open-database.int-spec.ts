import { setTimeout as delay } from 'node:timers/promises';
import { testDatabase, type TestDatabase, waitFor } from '@budget-buddy/testing';
import { type Kysely, sql } from 'kysely';
import { Temporal } from 'temporal-polyfill';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Call, recordCalls } from '../../../../test/support/record-calls';
import { TcpProxy } from '../../../../tools/tcp-proxy';
import { DatabaseUnavailableError } from './database-unavailable-error';
import { openDatabase } from './open-database';
import type { Tables } from './tables';
import { isTransientDatabaseError } from './transient-errors';

const duration = (text: string) => Temporal.Duration.from(text);

let own: TestDatabase;
let db: Kysely<Tables>;

beforeAll(async () => {
  own = await testDatabase([]);
  // The worst defaults a database may have for reading times.
  const name = new URL(own.url).pathname.slice(1);
  await sql`alter database ${sql.id(name)} set timezone to 'Asia/Kathmandu'`.execute(own.database.db);
  await sql`alter database ${sql.id(name)} set datestyle to 'SQL, DMY'`.execute(own.database.db);
  db = openDatabase({
    url: own.url,
    poolSize: 2,
    statementTimeout: duration('PT5S'),
    idleTransactionTimeout: duration('PT60S'),
  });
});

afterAll(async () => {
  await db.destroy();
  await own.drop();
});

async function value<T>(expression: ReturnType<typeof sql<T>>, on: Kysely<Tables> = db): Promise<T | undefined> {
  const { rows } = await sql<{ value: T }>`select ${expression} as value`.execute(on);
  return rows[0]?.value;
}

const backend = (on: Kysely<Tables>) => value(sql<number>`pg_backend_pid()`, on);
const terminate = (pid: number | undefined) => sql`select pg_terminate_backend(${pid})`.execute(own.database.db);

it('leaves no rows with the driver, nor what was asked with', async () => {
  const calls = recordCalls();
  const { rows } = await sql<{ number: number }>`select generate_series(1, ${3}::int) as number`.execute(db);
  expect(rows.map(({ number }) => number)).toEqual([1, 2, 3]);
  const [{ values, result }] = calls.end() as [Call];
  expect(values).toEqual([]);
  expect(result).toMatchObject({ rowCount: 3, rows: [] });
});

describe('a statement that is sent again and again', () => {
  const named = (calls: Call[]) => calls.map(({ name }) => name !== undefined);
  const ask = (n: number) => value(sql<number>`${n}::int + 1`);

  it('is prepared from its sixth time on, and answered as before', async () => {
    const calls = recordCalls();
    for (let n = 1; n <= 8; n++) expect(await ask(n)).toBe(n + 1);
    const asked = calls.end();
    expect(named(asked)).toEqual([false, false, false, false, false, true, true, true]);
    const held = sql<{
      count: number;
    }>`select count(*)::int as count from pg_prepared_statements where statement = ${asked[0]!.text}`;
    expect((await held.execute(db)).rows).toEqual([{ count: 1 }]);
  });

  it('has no plan that reads a table as a whole, however small that was when it was planned', async () => {
    await sql`create table item (id int primary key)`.execute(db);
    await sql`insert into item values (1)`.execute(db);
    await sql`analyze item`.execute(db);
    for (let n = 0; n < 12; n++) await sql`select id from item where id = ${1}`.execute(db);
    const { rows } = await sql<{ name: string }>`
      select name from pg_prepared_statements where statement like 'select id from item%'`.execute(db);
    const plan = await sql.raw<Record<string, string>>(`explain execute ${rows[0]!.name} (1)`).execute(db);
    expect(plan.rows.map((row) => row['QUERY PLAN']).join('\n')).toMatch(/^Index Only Scan .*\$1/s);
  });

  it.each([
    ['its columns have changed since', sql<unknown>`alter table changing alter column text type bigint using 1`],
    ['the server has forgotten it', sql<unknown>`deallocate all`],
  ])('fails as in an outage when %s, and is prepared anew on another connection', async (_, change) => {
    await sql`create table if not exists changing (text text)`.execute(db);
    const read = () => sql`select text from changing where ${1}::int = 1`.execute(db);
    for (let n = 0; n < 7; n++) await read();
    const before = await backend(db);
    await change.execute(db);
    await expect(read()).rejects.toThrow(DatabaseUnavailableError);
    await read();
    expect(await backend(db)).not.toBe(before);
  });
});

describe('a transaction', () => {
  beforeAll(() => sql`create table entry (text text)`.execute(db));
  const write = sql`insert into entry values ('written')`;
  const entries = async () => (await sql`select * from entry`.execute(db)).rows;

  it('is begun together with what it reads first', async () => {
    const calls = recordCalls();
    await db.transaction().execute((tx) => backend(tx));
    expect(calls.end().slice(0, 2)).toMatchObject([
      { text: 'begin', sentAfterAnswers: 0 },
      { text: 'select pg_backend_pid() as value', sentAfterAnswers: 0 },
    ]);
  });

  it('is begun before it writes', async () => {
    const calls = recordCalls();
    await db.transaction().execute((tx) => write.execute(tx));
    expect(calls.end().map(({ sentAfterAnswers }) => sentAfterAnswers)).toEqual([0, 1, 2]);
    expect(await entries()).toEqual([{ text: 'written' }]);
  });

  it.each([
    ['reads', sql`select 1`],
    ['writes', write],
  ])('that the server does not begin %s nothing', async (_, statement) => {
    await sql`truncate entry`.execute(db);
    const calls = recordCalls((text) => (text === 'begin' ? 'not a statement' : text));
    const work = db.transaction().execute((tx) => statement.execute(tx));
    await expect(work).rejects.toThrow('syntax error at or near "not"');
    calls.end();
    expect(await entries()).toEqual([]);
    expect(await db.transaction().execute((tx) => backend(tx))).toBeGreaterThan(0);
  });
});

describe('values', () => {
  it('gives instants back as they were put in, to the microsecond', async () => {
    const instant = Temporal.Instant.from('2027-03-28T01:59:59.123456789Z');
    const found = await value<Temporal.Instant>(sql`${instant}::timestamptz`);
    expect(found).toBeInstanceOf(Temporal.Instant);
    expect(found?.toString()).toBe('2027-03-28T01:59:59.123456Z');
  });

  it('compares instants as PostgreSQL does', async () => {
    const instant = Temporal.Instant.from('2027-01-31T00:00:00Z');
    expect(await value(sql<boolean>`${instant}::timestamptz = '2027-01-31 05:45:00+05:45'`)).toBe(true);
  });

  it('reads arrays of instants, with gaps', async () => {
    const instants = await value(sql<(Temporal.Instant | null)[]>`array['2027-01-01 00:00+00', null]::timestamptz[]`);
    expect(instants?.map((item) => item?.toString())).toEqual(['2027-01-01T00:00:00Z', undefined]);
  });

  it('takes arrays of instants', async () => {
    const instant = Temporal.Instant.from('2027-01-01T00:00:00Z');
    expect(await value(sql<boolean>`${instant}::timestamptz = any(${[instant]}::timestamptz[])`)).toBe(true);
  });

  it('gives dates as dates, whatever the zone of the process', async () => {
    const date = await value(sql<Temporal.PlainDate>`${Temporal.PlainDate.from('2027-01-31')}::date`);
    expect(date).toBeInstanceOf(Temporal.PlainDate);
    expect(date?.toString()).toBe('2027-01-31');
  });

  it('gives bigint as a number, and none that it cannot hold', async () => {
    expect(await value(sql<number>`${Number.MAX_SAFE_INTEGER}::bigint`)).toBe(Number.MAX_SAFE_INTEGER);
    expect(await value(sql<number[]>`array[1, null]::bigint[]`)).toEqual([1, null]);
    await expect(value(sql`9007199254740993::bigint`)).rejects.toThrow('bigint 9007199254740993 does not fit');
  });

  it('leaves null as null', async () => {
    expect(await value(sql`null::timestamptz`)).toBeNull();
  });
});

describe('outages', () => {
  it('survives the loss of an idle connection', async () => {
    const before = await backend(db);
    await terminate(before);
    const after = await waitFor(() => backend(db), { description: 'a new connection' });
    expect(after).not.toBe(before);
  });

  it('survives the loss of a connection between two statements of a transaction, and says what happened', async () => {
    const work = db.transaction().execute(async (tx) => {
      await terminate(await backend(tx));
      await delay(50);
      await backend(tx);
    });
    await expect(work).rejects.toThrow(DatabaseUnavailableError);
    expect(await backend(db)).toBeGreaterThan(0);
  });

  it('tells a server that is away from a statement that is wrong', async () => {
    const away = openDatabase({
      url: 'postgres://me:secret@127.0.0.1:1/x',
      poolSize: 1,
      statementTimeout: duration('PT1S'),
      idleTransactionTimeout: duration('PT60S'),
    });
    const error: unknown = await backend(away).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(DatabaseUnavailableError);
    expect(String(error)).toContain('PostgreSQL is unavailable: connect ECONNREFUSED 127.0.0.1:1');
    const wrong: unknown = await value(sql`1 / 0`).catch((reason: unknown) => reason);
    expect(isTransientDatabaseError(wrong)).toBe(false);
    expect(wrong).toMatchObject({ code: '22012' });
    await away.destroy();
  });

  it('has the server look whether its clients are still there, so that the locks of a lost one do not stay', async () => {
    const setting = (name: string) => value(sql<string>`current_setting(${name})`);
    expect(await setting('tcp_keepalives_idle')).toBe('5');
    expect(await setting('tcp_keepalives_interval')).toBe('2');
    expect(await setting('tcp_keepalives_count')).toBe('3');
    expect(await setting('tcp_user_timeout')).toBe('11000');
  });

  it('takes a statement that runs too long for a failure, and keeps the connection', async () => {
    const impatient = openDatabase({
      url: own.url,
      poolSize: 1,
      statementTimeout: duration('PT0.1S'),
      idleTransactionTimeout: duration('PT60S'),
    });
    const before = await backend(impatient);
    await expect(value(sql`pg_sleep(5)`, impatient)).rejects.toMatchObject({ code: '57014' });
    expect(await backend(impatient)).toBe(before);
    await impatient.destroy();
  });

  it('waits for a frozen server only so long, and does not use that connection again', async () => {
    const proxy = new TcpProxy(new URL(own.url));
    await proxy.open();
    const through = openDatabase({
      url: proxy.url,
      poolSize: 1,
      statementTimeout: duration('PT0.1S'),
      idleTransactionTimeout: duration('PT60S'),
    });
    const calls = recordCalls();
    const before = await backend(through);
    const [{ client }] = calls.end() as [Call];
    proxy.freeze();
    const startedMs = performance.now();
    await expect(through.transaction().execute(backend)).rejects.toThrow(DatabaseUnavailableError);
    expect(performance.now() - startedMs).toBeLessThan(4_000);
    expect(client.connection.stream.destroyed).toBe(true);
    proxy.thaw();
    expect(await backend(through)).not.toBe(before);
    await through.destroy();
    await proxy.cut();
  });

  it('takes a server that refuses to write for one that is away, and turns to another connection', async () => {
    await sql`create table note (text text)`.execute(db);
    const before = await backend(db);
    const write = db.transaction().execute(async (tx) => {
      // As on a standby: neither the transaction nor the next one on this connection may write.
      await sql`set session characteristics as transaction read only`.execute(tx);
      await sql`set local transaction_read_only = on`.execute(tx);
      await sql`insert into note values ('lost')`.execute(tx);
    });
    const error: unknown = await write.catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(DatabaseUnavailableError);
    expect(isTransientDatabaseError(error)).toBe(true);
    expect(String(error)).toContain('cannot execute INSERT in a read-only transaction');
    await sql`insert into note values ('kept')`.execute(db);
    expect(await backend(db)).not.toBe(before);
  });

  it('counts a lost conflict as something to try again', async () => {
    await sql`create table counter (id int primary key, value int)`.execute(db);
    await sql`insert into counter values (1, 0)`.execute(db);
    let reading = 2;
    let bothHaveRead = (): void => undefined;
    const read = new Promise<void>((resolve) => (bothHaveRead = resolve));
    const increment = async () =>
      db
        .transaction()
        .setIsolationLevel('serializable')
        .execute(async (tx) => {
          await sql`select value from counter`.execute(tx);
          if (--reading === 0) bothHaveRead();
          await read;
          await sql`update counter set value = value + 1`.execute(tx);
        });
    const outcomes = await Promise.allSettled([increment(), increment()]);
    const [failure] = outcomes.filter((outcome) => outcome.status === 'rejected');
    expect(failure?.reason).toMatchObject({ code: '40001' });
    expect(isTransientDatabaseError(failure?.reason)).toBe(true);
  });
});
