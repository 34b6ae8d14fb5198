import { testDatabase, type TestDatabase } from '@budget-buddy/testing';
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

describe('Database.afterCommit', () => {
  let own: TestDatabase;
  const seen: number[] = [];

  beforeAll(async () => {
    own = await testDatabase([]);
    await sql`create table note (id int)`.execute(own.database.db);
  });

  beforeEach(() => {
    seen.length = 0;
  });

  afterAll(() => own.drop());

  const countNotes = async () => {
    const { rows } = await sql<{ count: number }>`select count(*) from note`.execute(own.database.db);
    seen.push(rows[0]?.count ?? -1);
  };

  it('runs hooks when others can see what was written, and before the caller goes on', async () => {
    await own.database.transaction(async (tx) => {
      own.database.afterCommit(tx, countNotes);
      await sql`insert into note values (1)`.execute(tx);
    });
    expect(seen).toEqual([1]);
  });

  it('runs no hook of a transaction that was rolled back', async () => {
    const work = own.database.transaction(async (tx) => {
      own.database.afterCommit(tx, countNotes);
      throw new Error('changed my mind');
    });
    await expect(work).rejects.toThrow('changed my mind');
    expect(seen).toEqual([]);
  });

  it('refuses transactions that were started elsewhere, for their commit goes by unnoticed', async () => {
    await own.database.db.transaction().execute(async (tx) => {
      expect(() => own.database.afterCommit(tx, countNotes)).toThrow('not started by Database.transaction');
    });
  });
});
