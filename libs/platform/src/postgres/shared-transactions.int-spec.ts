import { setTimeout as delay } from 'node:timers/promises';
import { testDatabase, type TestDatabase } from '@budget-buddy/testing';
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { recordCalls } from '../../../../test/support/record-calls';
import { statementsOf } from '../../../../test/support/statements-of';
import type { Tx } from './database';
import { holdAmongMembers, isShared, leaveGroup } from './shared-locks';
import { sharedRead, sharedWrite } from './shared-statement';

let own: TestDatabase;
/** How many each statement was sent for. */
const sent: { add: number[]; read: number[] } = { add: [], read: [] };

const add = sharedWrite(async (tx: Tx, ids: readonly number[]) => {
  sent.add.push(ids.length);
  await sql`insert into note (id) select unnest(${ids}::int[])`.execute(tx);
  return ids.map((id) => `added ${id}`);
});
const addTwin = sharedWrite(async (tx: Tx, ids: readonly number[]) => {
  await sql`insert into note (id) select unnest(${ids}::int[]) + 1000`.execute(tx);
  return ids;
});
const read = sharedRead(async (tx: Tx, ids: readonly number[]) => {
  sent.read.push(ids.length);
  const { rows } = await sql<{ id: number }>`select id from note where id = any(${ids}::int[])`.execute(tx);
  return ids.map((id) => rows.some((row) => row.id === id));
});
const notes = async () => {
  const { rows } = await sql<{ id: number }>`select id from note order by id`.execute(own.database.db);
  return rows.map(({ id }) => id);
};
const numbers = (count: number) => Array.from({ length: count }, (_, index) => index + 1);
/** Each in a call of its own, all at once. */
const together = <Result>(ids: readonly number[], work: (tx: Tx, id: number) => Promise<Result>, lane?: string) =>
  Promise.allSettled(ids.map((id) => own.database.sharedTransaction((tx) => work(tx, id), lane)));
const reasons = (results: PromiseSettledResult<unknown>[]) =>
  results.map((result) => (result.status === 'rejected' ? String(result.reason) : result.value));
/** What PostgreSQL was told, statement by statement: their first words. */
const firstWordsOf = async (work: () => Promise<unknown>) =>
  (await statementsOf(work)).map(([text]) => text.split(' ')[0]!);

/** By a statement of its own, after so many turns of what is settled. */
async function noteLate(tx: Tx, id: number, turns: number): Promise<void> {
  for (let turn = 0; turn < turns; turn++) await Promise.resolve();
  await sql`insert into note (id) values (${id})`.execute(tx);
}

beforeAll(async () => {
  own = await testDatabase([]);
  await sql`create table note (id int primary key check (id <> 999))`.execute(own.database.db);
});
beforeEach(async () => {
  await sql`truncate note`.execute(own.database.db);
  sent.add.length = 0;
  sent.read.length = 0;
});
afterAll(() => own.drop());

describe('Database.sharedTransaction', () => {
  it('has those that come together share the transaction and each statement, and gives each its own result', async () => {
    const statements = await firstWordsOf(async () => {
      const results = await together(numbers(50), async (tx, id) => [await read(tx, id), await add(tx, id)]);
      expect(reasons(results)).toEqual(numbers(50).map((id) => [false, `added ${id}`]));
    });
    expect(statements).toEqual(['begin', 'select', 'insert', 'commit']);
    expect(await notes()).toEqual(numbers(50));
  });

  it('begins at once with whoever is alone', async () => {
    const statements = await firstWordsOf(() => own.database.sharedTransaction((tx) => add(tx, 1)));
    expect(statements).toEqual(['begin', 'insert', 'commit']);
  });

  it('sends statements that need no answer of one another together, once it has begun', async () => {
    const calls = recordCalls();
    await together(numbers(10), async (tx, id) => {
      await read(tx, 0);
      await Promise.all([read(tx, id), add(tx, id)]);
    });
    const sentAfter = calls.end().map(({ text, sentAfterAnswers }) => [text.split(' ')[0], sentAfterAnswers]);
    expect(sentAfter).toEqual([
      ['begin', 0],
      ['select', 0],
      ['select', 2],
      ['insert', 2],
      ['commit', 4],
    ]);
    expect(await notes()).toEqual(numbers(10));
  });

  it('takes back what went together with a statement that PostgreSQL refuses', async () => {
    const results = await together([1, 2, 999], async (tx, id) => Promise.all([add(tx, id), addTwin(tx, id)]));
    expect(reasons(results)[2]).toContain('violates check constraint');
    expect(await notes()).toEqual([1, 2, 1001, 1002]);
  });

  it('sends nothing more of one that failed meanwhile', async () => {
    const work = own.database.sharedTransaction((tx) => Promise.all([add(tx, 1), Promise.reject(new Error('no'))]));
    await expect(work).rejects.toThrow('no');
    await delay(50);
    expect(await notes()).toEqual([]);
  });

  it('shares statements also between those that take different ways', async () => {
    await together(numbers(20), async (tx, id) => {
      if (id % 2 === 0) await read(tx, id);
      await add(tx, id);
    });
    expect(sent.read).toEqual([10]);
    expect(sent.add.length).toBeLessThanOrEqual(2);
    expect(await notes()).toEqual(numbers(20));
  });

  it.each([undefined, 'a lane'])(
    'takes two hundred together at the most, and loses nobody beyond: lane %s',
    async (lane) => {
      await together(numbers(650), (tx, id) => add(tx, id), lane);
      expect(Math.max(...sent.add)).toBe(200);
      expect(await notes()).toEqual(numbers(650));
    },
  );

  it('fails one that fails before it has written, and none of the others', async () => {
    const results = await together(numbers(10), async (tx, id) => {
      await read(tx, id);
      if (id === 4) throw new Error('not this one');
      return add(tx, id);
    });
    expect(reasons(results)[3]).toBe('Error: not this one');
    expect(await notes()).toEqual([1, 2, 3, 5, 6, 7, 8, 9, 10]);
    expect(sent.add).toEqual([9]);
  });

  it.each([
    ['by a shared statement', (tx: Tx, id: number) => add(tx, id)],
    ['by one of its own', (tx: Tx, id: number) => sql`insert into note values (${id})`.execute(tx)],
  ])('takes back what one wrote that fails afterwards, %s, and does the others anew', async (_, write) => {
    const results = await together(numbers(10), async (tx, id) => {
      await write(tx, id);
      if (id === 4) throw new Error('changed my mind');
    });
    expect(reasons(results).filter((reason) => reason !== undefined)).toEqual(['Error: changed my mind']);
    expect(await notes()).toEqual([1, 2, 3, 5, 6, 7, 8, 9, 10]);
  });

  it('has a statement that PostgreSQL refuses fail only whose it is', async () => {
    const results = await together([...numbers(20), 999], (tx, id) => add(tx, id));
    expect(reasons(results)[20]).toContain('violates check constraint');
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(20);
    expect(await notes()).toEqual(numbers(20));
  });

  it('takes nobody’s word for it that a refused statement does not matter', async () => {
    const results = await together([1, 2, 999], (tx, id) => add(tx, id).catch(() => 'never mind'));
    const rolledBack = expect.stringContaining('rolled back instead of committed') as string;
    expect(reasons(results)).toEqual(['added 1', 'added 2', rolledBack]);
    expect(await notes()).toEqual([1, 2]);
  });

  it('does the work of one that is alone once, however it fails', async () => {
    let runs = 0;
    const refused = own.database.sharedTransaction(async (tx) => {
      runs++;
      await add(tx, 999).catch(() => {
        throw new Error('my own words for it');
      });
    });
    await expect(refused).rejects.toThrow('my own words for it');
    expect(runs).toBe(1);
  });

  it('never lets two at what one of them holds, and does the other one when that is through', async () => {
    let at = 0;
    const seen = await together(numbers(5), async (tx, id) => {
      holdAmongMembers(tx, [`odd ${id % 2}`]);
      expect(++at).toBeLessThanOrEqual(isShared(tx) ? 2 : 5);
      const before = await read(tx, id);
      await add(tx, id);
      at--;
      return before;
    });
    expect(reasons(seen)).toEqual([false, false, false, false, false]);
    expect(sent.add[0]).toBe(2);
    expect(await notes()).toEqual(numbers(5));
  });

  it('does one that leaves in a transaction of its own, also if it hides why', async () => {
    const seen: boolean[] = [];
    await together(numbers(3), async (tx, id) => {
      seen.push(isShared(tx));
      try {
        if (id === 2 && isShared(tx)) leaveGroup(tx);
      } catch {
        return;
      }
      await add(tx, id);
    });
    expect(seen).toEqual([true, true, true, false]);
    expect(await notes()).toEqual(numbers(3));
  });

  it('lets one that waits for something else keep the others only so long', async () => {
    let release = () => undefined as void;
    const forever = new Promise<void>((resolve) => (release = resolve));
    const all = together(numbers(5), async (tx, id) => {
      await add(tx, id);
      if (id === 3) await forever;
    });
    const others = together([6], (tx, id) => add(tx, id));
    await others;
    expect(await notes()).toContain(6);
    await vi.waitFor(async () => expect(await notes()).toEqual([1, 2, 4, 5, 6]), { timeout: 15_000, interval: 100 });
    release();
    await all;
    expect(await notes()).toEqual(numbers(6));
  }, 30_000);

  it.each([
    ['of all', numbers(20)],
    ['of those done anew, and not of the one that failed', [...numbers(20), 999]],
  ])('runs what is to follow a commit, once, %s', async (_, ids) => {
    const followed: number[] = [];
    await together(ids, async (tx, id) => {
      own.database.afterCommit(tx, async () => {
        expect(await notes()).toContain(id);
        followed.push(id);
      });
      await add(tx, id);
    });
    expect(followed.sort((a, b) => a - b)).toEqual(numbers(20));
  });

  it('does not have one lane wait for another', async () => {
    const slow = Array.from({ length: 4 }, () => own.database.sharedTransaction(() => delay(1_000), 'slow'));
    await own.database.sharedTransaction((tx) => add(tx, 1), 'quick');
    const end = Promise.all(slow).then(() => 'at an end');
    expect(await Promise.race([end, delay(0, 'still at it')])).toBe('still at it');
    await Promise.all(slow);
  });

  it('fails all of them when PostgreSQL goes away, and none of them has happened', async () => {
    const results = await together(numbers(10), async (tx, id) => {
      await add(tx, id);
      if (id !== 5) return read(tx, id);
      await sql`select pg_terminate_backend(pg_backend_pid())`.execute(tx).catch(() => undefined);
      return read(tx, id);
    });
    const failures = reasons(results);
    expect(failures.filter((reason) => String(reason).startsWith('DatabaseUnavailableError'))).toHaveLength(10);
    expect(await notes()).toEqual([]);
  });

  it('sends nothing more of one that has failed, also just before the others are committed', async () => {
    for (let turns = 0; turns < 60; turns++) {
      const [straggler, kept] = [1_000 + turns, turns + 1];
      let end!: () => void;
      const ended = new Promise<void>((resolve) => (end = resolve));
      const results = await together<unknown>([straggler, kept], (tx, id) => {
        if (id === kept) return add(tx, id).finally(end);
        return Promise.all([Promise.reject(new Error('no')), ended.then(() => noteLate(tx, straggler, turns))]);
      });
      expect(reasons(results)).toEqual(['Error: no', `added ${kept}`]);
    }
    await delay(50);
    expect(await notes()).toEqual(numbers(60));
  });

  it('sends nothing of one that comes back when the transaction is over', async () => {
    let late: Promise<unknown> = Promise.resolve();
    await together([1, 2], async (tx, id) => {
      await add(tx, id);
      if (id === 2) late = delay(50).then(() => add(tx, 7));
      late.catch(() => undefined);
    });
    await expect(late).rejects.toThrow('the transaction has ended');
    expect(await notes()).toEqual([1, 2]);
  });
});
