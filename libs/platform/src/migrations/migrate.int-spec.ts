import { testDatabase, type TestDatabase } from '@budget-buddy/testing';
import { sql } from 'kysely';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { TcpProxy } from '../../../../tools/tcp-proxy';
import { Temporal } from 'temporal-polyfill';
import { DatabaseUnavailableError } from '../postgres/database-unavailable-error';
import { openDatabase } from '../postgres/open-database';
import { listMigrations, migrate, MigrationFailedError } from './migrate';
import type { NamedMigration } from './named-migration';
import { requireSchema } from './require-schema';
import { SchemaOutOfDateError } from './schema-out-of-date-error';

const table = (name: string): NamedMigration => ({
  name: `2026-${name}`,
  migration: {
    up: (db) => db.schema.createTable(name).addColumn('id', 'integer').execute(),
    down: (db) => db.schema.dropTable(name).execute(),
  },
});
const broken: NamedMigration = {
  name: '2026-d',
  migration: { up: async (db) => void (await sql`select nonsense`.execute(db)), down: async () => undefined },
};
const [a, b, c] = [table('a'), table('b'), table('c')];
const all = [c, a, b];

let own: TestDatabase;
beforeEach(async () => {
  own = await testDatabase([]);
});
afterEach(() => own.drop());

async function tables(): Promise<string[]> {
  const found = await own.database.db.introspection.getTables();
  return found.map(({ name }) => name).sort();
}

describe('migrate', () => {
  it('runs all forward in the order of their names, and none twice', async () => {
    const steps = await migrate(own.database.db, all);
    expect(steps.map(({ name, direction }) => `${direction} ${name}`)).toEqual([
      'forward 2026-a',
      'forward 2026-b',
      'forward 2026-c',
    ]);
    expect(await tables()).toEqual(['a', 'b', 'c']);
    expect(await migrate(own.database.db, all)).toEqual([]);
  });

  it('goes forward and back to a name, and back to nothing', async () => {
    await migrate(own.database.db, all, '2026-b');
    expect(await tables()).toEqual(['a', 'b']);
    await migrate(own.database.db, all);
    const steps = await migrate(own.database.db, all, '2026-a');
    expect(steps).toEqual([
      { name: '2026-c', direction: 'back' },
      { name: '2026-b', direction: 'back' },
    ]);
    await migrate(own.database.db, all, 'none');
    expect(await tables()).toEqual([]);
  });

  it('changes nothing when one of several fails, and names it', async () => {
    const failure: unknown = await migrate(own.database.db, [...all, broken]).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(MigrationFailedError);
    expect(String(failure)).toMatch(/Migration 2026-d failed, nothing was changed: column "nonsense" does not exist/);
    expect(await tables()).toEqual([]);
  });

  it('lets several start at once: one does the work, the others find it done', async () => {
    const runs = await Promise.all(Array.from({ length: 5 }, () => migrate(own.database.db, all)));
    expect(runs.map((steps) => steps.length).sort()).toEqual([0, 0, 0, 0, 3]);
  });

  it('lists what was run and what was not', async () => {
    await migrate(own.database.db, all, '2026-a');
    const list = await listMigrations(own.database.db, all);
    expect(list.map(({ name, executedAt }) => [name, executedAt !== undefined])).toEqual([
      ['2026-a', true],
      ['2026-b', false],
      ['2026-c', false],
    ]);
  });
});

describe('requireSchema', () => {
  it('refuses a database that lacks migrations, and says what to run', async () => {
    await migrate(own.database.db, [a]);
    const check = requireSchema(own.database.db, all);
    await expect(check).rejects.toThrow(SchemaOutOfDateError);
    await expect(check).rejects.toThrow(/lacks 2 migration\(s\): 2026-b, 2026-c\. .*npm run migrate/);
  });

  it('accepts a database that has them all, or is ahead', async () => {
    await migrate(own.database.db, all);
    await expect(requireSchema(own.database.db, all)).resolves.toBeUndefined();
    await expect(requireSchema(own.database.db, [a])).resolves.toBeUndefined();
  });

  it('waits for a server that is just starting, but not for ever', async () => {
    await migrate(own.database.db, all);
    const proxy = new TcpProxy(new URL(own.url));
    await proxy.reserve();
    const late = openDatabase({
      url: proxy.url,
      poolSize: 1,
      statementTimeout: Temporal.Duration.from('PT1S'),
      idleTransactionTimeout: Temporal.Duration.from('PT60S'),
    });
    await expect(requireSchema(late, all, 0)).rejects.toThrow(DatabaseUnavailableError);
    const check = requireSchema(late, all, 10_000);
    await proxy.open();
    await expect(check).resolves.toBeUndefined();
    await late.destroy();
    await proxy.cut();
  });
});
