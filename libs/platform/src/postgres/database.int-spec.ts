import { testDatabase, type TestDatabase } from '@budget-buddy/testing';
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { recordCalls } from '../../../../test/support/record-calls';
import type { Tx } from './database';

let own: TestDatabase;

beforeAll(async () => {
  own = await testDatabase([]);
  await sql`create table note (id int)`.execute(own.database.db);
});

afterAll(() => own.drop());

describe('Database.afterCommit', () => {
  const seen: number[] = [];

  beforeEach(() => {
    seen.length = 0;
  });

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

describe('work that does several things at once', () => {
  const insert = (tx: Tx, value: string) => sql`insert into note values (${value}::int)`.execute(tx);
  const notes = async () => (await sql<{ id: number }>`select id from note`.execute(own.database.db)).rows;

  beforeEach(() => sql`truncate note`.execute(own.database.db));

  it.each([
    ['the first fails', (tx: Tx) => Promise.all([insert(tx, 'none'), insert(tx, '1'), insert(tx, '2')])],
    ['one fails at once', (tx: Tx) => Promise.all([insert(tx, '1'), Promise.reject(new Error('no')), insert(tx, '2')])],
  ])('leaves nothing when %s', async (_, work) => {
    await expect(own.database.transaction(work)).rejects.toThrow();
    await expect(own.database.sharedTransaction(work)).rejects.toThrow();
    await new Promise(setImmediate);
    expect(await notes()).toEqual([]);
  });

  it.each([0, 1, 2, 3, 5, 8, 11, 12, 13, 14, 15, 17, 20, 21, 22, 23, 24, 27, 30])(
    'leaves nothing of a part that begins to write %i turns after another has failed',
    async (turns) => {
      const late = async (tx: Tx) => {
        for (let turn = 0; turn < turns; turn++) await Promise.resolve();
        return insert(tx, '1');
      };
      const failing = (tx: Tx) => Promise.all([late(tx), Promise.reject(new Error('no'))]);
      await expect(own.database.transaction(failing)).rejects.toThrow('no');
      await expect(own.database.sharedTransaction(failing)).rejects.toThrow('no');
      const neighbour = own.database.sharedTransaction((tx) => insert(tx, '2'));
      await expect(own.database.sharedTransaction(failing)).rejects.toThrow('no');
      await neighbour;
      await new Promise(setImmediate);
      expect(await notes()).toEqual([{ id: 2 }]);
    },
  );

  it('is not taken for committed when somebody thought nothing of a statement that was refused', async () => {
    const followed = vi.fn();
    const work = own.database.transaction(async (tx) => {
      own.database.afterCommit(tx, followed);
      await insert(tx, '1');
      await sql`select 1 / 0`.execute(tx).catch(() => undefined);
    });
    await expect(work).rejects.toThrow('rolled back instead of committed');
    expect(followed).not.toHaveBeenCalled();
    expect(await notes()).toEqual([]);
  });

  it('is rolled back after all that it had asked for', async () => {
    const calls = recordCalls();
    const work = (tx: Tx) => Promise.all([insert(tx, '1'), Promise.reject(new Error('no')), insert(tx, '2')]);
    await expect(own.database.transaction(work)).rejects.toThrow('no');
    expect(calls.end().map(({ text }) => text.split(' ')[0])).toEqual(['begin', 'insert', 'insert', 'rollback']);
  });
});
