import type { Tx } from '@budget-buddy/platform';
import { TestLedger } from '@budget-buddy/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isOpen } from './task-record';

let own: TestLedger;

beforeAll(async () => void (own = await TestLedger.open('2027-01-31T00:00:00Z')));
afterAll(() => own?.drop());

const shared = <Result>(work: (tx: Tx) => Promise<Result>) => own.database.sharedTransaction(work);

async function newTask(): Promise<string> {
  const key = own.newKey();
  await own.database.transaction((tx) => own.insert(tx, key));
  return key;
}

/** Cancels a task, unless it is settled. @param reads what is asked of PostgreSQL before, so that others get ahead. */
async function cancel(tx: Tx, key: string, { lock, reads = 0 }: { lock: 'lock' | 'lockIfFree'; reads?: number }) {
  const task = await own.ledger[lock](tx, key);
  if (!task || !isOpen(task)) return task?.status ?? 'not there';
  for (let read = 0; read < reads; read++) await own.ledger.exists(tx, key);
  const cancelled = { status: 'cancelled', entry: { what: 'cancelled', at: own.clock.now().toString() } } as const;
  await own.ledger.change(tx, task, cancelled);
  return 'cancelled by me';
}

describe('members of a shared transaction that deal with the same task', () => {
  it('have put it into the ledger once, and only one of them is told so', async () => {
    const key = own.newKey();
    const inserted = await Promise.all(['Ada', 'Grace', 'Edsger'].map((to) => shared((tx) => own.insert(tx, key, to))));
    const [winner, ...others] = inserted.filter((task) => task !== undefined);
    expect(others).toEqual([]);
    expect(await own.ledger.find(key)).toEqual(winner);
  });

  it.each([
    ['lock', [0, 1]],
    ['lock', [1, 0]],
    ['lockIfFree', [0, 1]],
    ['lockIfFree', [1, 0]],
  ] as const)('change it one after the other, with %s, asking %s things of PostgreSQL before', async (lock, reads) => {
    const key = await newTask();
    const ends = await Promise.all(reads.map((some) => shared((tx) => cancel(tx, key, { lock, reads: some }))));
    expect(ends.sort()).toEqual(['cancelled', 'cancelled by me']);
    expect((await own.ledger.find(key))?.history).toHaveLength(1);
  });

  it('find it as the one has left it that puts it into the ledger', async () => {
    const key = own.newKey();
    const inserted = shared(async (tx) => {
      const task = await own.insert(tx, key);
      await own.ledger.exists(tx, key);
      return own.ledger.change(tx, task!, { status: 'skipped' });
    });
    const cancelled = shared(async (tx) => {
      await own.ledger.exists(tx, key);
      return cancel(tx, key, { lock: 'lock' });
    });
    expect(await inserted).toMatchObject({ status: 'skipped' });
    expect(await cancelled).toBe('skipped');
  });
});

describe('a member of a shared transaction that locks a task which another transaction holds', () => {
  it('waits for it, finds it as it is then, and keeps nobody else waiting', async () => {
    const [held, free] = [await newTask(), await newTask()];
    const lock = 'lock';
    const { waiting } = await own.database.transaction(async (tx) => {
      await cancel(tx, held, { lock });
      const waiting = shared((member) => cancel(member, held, { lock }));
      expect(await shared((member) => cancel(member, free, { lock }))).toBe('cancelled by me');
      return { waiting: [waiting] };
    });
    expect(await Promise.all(waiting)).toEqual(['cancelled']);
  });

  it('does without, where it is not to wait', async () => {
    const key = await newTask();
    await own.database.transaction(async (tx) => {
      await cancel(tx, key, { lock: 'lock' });
      expect(await shared((member) => own.ledger.lockIfFree(member, key))).toBeUndefined();
    });
  });
});
