import { migrate } from '@budget-buddy/platform';
import { testDatabase, type TestDatabase } from '@budget-buddy/testing';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { taskMigrations } from './migrations';
import { OpenTasks } from './open-tasks';

let own: TestDatabase;
const db = () => own.database.db;
const add = (key: string, times = "now(), '2027-01-01 00:00:00+00', now(), now()") =>
  sql`insert into tasks.task (key, name, queue, payload, status, eta, due_at, created_at, updated_at)
    values (${key}, 'water', 'garden', '{}', 'scheduled', ${sql.raw(times)})`.execute(db());

beforeAll(async () => {
  own = await testDatabase(taskMigrations);
});
afterAll(() => own?.drop());

describe('the ledger', () => {
  it.each([
    ['eta', "'infinity'"],
    ['due_at', "'-infinity'"],
    ['due_at', "'infinity'"],
    ['due_at', "'10000-01-01 00:00:00+00'"],
    ['due_at', "'0044-03-15 00:00:00+00 BC'"],
    ['created_at', "'infinity'"],
    ['updated_at', "'infinity'"],
    ['revision', '1000000001'],
    ['attempts', '1000000001'],
    ['key', "''"],
  ])('refuses a row whose %s is %s, whoever writes it', async (column, value) => {
    await add(`${column} ${value}`);
    const edit = sql.raw(
      `update tasks.task set ${column} = ${value} where key = '${column} ${value.replaceAll("'", "''")}'`,
    );
    await expect(edit.execute(db())).rejects.toThrow(/violates check constraint/);
  });

  it('takes on a row that was there before the limits, and can be told of it', async () => {
    await migrate(db(), taskMigrations, '2026-11-22-tasks-2-reconciliation');
    await add('for ever', "now(), 'infinity', now(), now()");
    const forward = await migrate(db(), taskMigrations);
    expect(forward[0]).toEqual({ name: '2026-11-24-tasks-1-limits', direction: 'forward' });
    const page = await new OpenTasks(own.database).page(undefined, undefined, 100);
    expect(page.unreadable).toEqual([{ key: 'for ever', why: 'due_at is infinity' }]);
  });
});

describe('the walk along open tasks', () => {
  it('is along the index, from where the last page ended', async () => {
    await sql`
      insert into tasks.task (key, name, queue, payload, status, eta, due_at, created_at, updated_at)
      select 'many-' || n, 'water', 'garden', '{}', 'scheduled', now(), now() + n * interval '1 s', now(), now()
      from generate_series(1, 20000) as n`.execute(db());
    await sql`analyze tasks.task`.execute(db());
    const tasks = new OpenTasks(own.database);
    const first = await tasks.page(undefined, undefined, 1000);
    const plan = await tasks.explain(undefined, first.next, 1000);
    expect(plan).toMatch(/Index Scan using task_open/);
    expect(plan).toMatch(/Index Cond: \(ROW\(due_at, key\) > ROW/);
    expect(plan).not.toMatch(/Sort|Filter/);
    const second = await tasks.page(undefined, first.next, 1000);
    const keys = [...first.tasks, ...second.tasks].map(({ key }) => key);
    expect(new Set(keys).size).toBe(keys.length);
  });
});
