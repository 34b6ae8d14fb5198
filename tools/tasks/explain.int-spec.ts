import { schema } from '@budget-buddy/budgets';
import { SystemClock } from '@budget-buddy/platform';
import { TaskLedger } from '@budget-buddy/tasks';
import { testDatabase, type TestDatabase } from '@budget-buddy/testing';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { explain } from './explain';

let own: TestDatabase;
beforeAll(async () => (own = await testDatabase(schema)));
afterAll(() => own?.drop());

async function add(key: string, columns: Readonly<Record<string, string>>): Promise<void> {
  const names = Object.keys(columns).map((name) => sql.ref(name));
  await sql`
    insert into tasks.task (key, name, queue, payload, status, eta, due_at, created_at, updated_at, ${sql.join(names)})
    values (${key}, 'water', 'garden', '{}', 'scheduled', now(), now(), now(), now(), ${sql.join(Object.values(columns))})
  `.execute(own.database.db);
}

it.each([
  ['an object', '{"at":1}', 'somebody wrote by hand: {"at":1}'],
  ['null', 'null', 'somebody wrote by hand: null'],
  ['a list of other things', '[null,"x",{"what":"eaten"}]', 'somebody wrote by hand: {"what":"eaten"}'],
])('a task whose history somebody has edited to be %s is told of', async (what, history, told) => {
  await add(what, { history });
  expect(await explain(own.database, what)).toContain(told);
});

it('a task with a billion revisions and attempts is told of, and can fail once more', async () => {
  await add('often', { revision: '1000000000', attempts: '1000000000' });
  expect(await explain(own.database, 'often')).toContain('its timer (revision 1000000000)');
  const ledger = new TaskLedger(own.database, new SystemClock());
  const change = { status: 'failed', attempts: 1_000_000_001 } as const;
  const failed = await own.database.transaction(async (tx) => {
    return ledger.change(tx, (await ledger.lock(tx, 'often'))!, change);
  });
  expect(failed).toMatchObject({ status: 'failed', attempts: 1_000_000_000 });
});
