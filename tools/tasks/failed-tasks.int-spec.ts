import { taskMigrations } from '@budget-buddy/tasks';
import { testDatabase, type TestDatabase } from '@budget-buddy/testing';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { failedTasks } from './failed-tasks';

let own: TestDatabase;
beforeAll(async () => (own = await testDatabase(taskMigrations)));
afterAll(() => own?.drop());

it('all that have failed are listed, the latest first, however many there are', async () => {
  await sql`
    insert into tasks.task (key, name, queue, payload, status, eta, due_at, created_at, updated_at, finished_at, reason)
    select 'task-' || n, 'water', 'garden', '{}', case when n % 2 = 0 then 'failed' else 'skipped' end, at, at, at, at, at, 'dry'
    from generate_series(1, 5000) as n, lateral (select timestamptz '2027-01-01' + n * interval '1 s' as at) as time
  `.execute(own.database.db);
  const lines = (await failedTasks(own.database)).split('\n');
  expect(lines).toHaveLength(2_500);
  expect(lines[0]).toBe('2027-01-01T01:23:20Z  task-5000  0 attempts  dry');
  expect(lines.at(-1)).toContain('task-2 ');
});
