import { listMigrations, migrate } from '@budget-buddy/platform';
import { testDatabase, type TestDatabase } from '@budget-buddy/testing';
import { randomUUID } from 'node:crypto';
import { Temporal } from 'temporal-polyfill';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Budget } from '../budget';
import { BudgetPeriod } from '../period/budget-period';
import { PeriodAnchor } from '../period/period-anchor';
import { BudgetRepository } from './budget-repository';
import { budgetMigrations } from './migrations';

const budgets = new BudgetRepository();
let test: TestDatabase;

beforeAll(async () => (test = await testDatabase(budgetMigrations)));
afterAll(() => test?.drop());

const at = (text: string) => Temporal.Instant.from(text);

function budget(terms: { strategy?: 'monthly' | 'yearly'; currency?: string; asOf?: Temporal.Instant } = {}): Budget {
  const start = at('2027-01-31T08:15:30Z');
  const anchor = PeriodAnchor.of({ strategy: terms.strategy ?? 'monthly', start, timeZone: 'Asia/Kathmandu' });
  const id = randomUUID();
  return new Budget({
    id,
    userId: randomUUID(),
    name: 'Öl & Brot 🥖',
    totalLimit: Number.MAX_SAFE_INTEGER,
    categories: [{ name: 'Brot', limit: 7 }],
    anchor,
    period: BudgetPeriod.startingAt(start, anchor),
    chainId: id,
    ...terms,
  });
}

describe('the store of budgets', () => {
  it.each([
    ['monthly', budget()],
    [
      'yearly, with all there may be',
      budget({ strategy: 'yearly', currency: 'EUR', asOf: at('2027-01-01T00:00:00.123456Z') }),
    ],
  ])('gives back what was stored: %s', async (_, stored) => {
    const found = await test.database.transaction(async (tx) => {
      await budgets.save(tx, stored);
      return budgets.find(tx, stored.id);
    });
    expect(found).toEqual(stored);
  });

  it('has nothing for an id it was not told of', async () => {
    await test.database.transaction(async (tx) => {
      expect(await budgets.find(tx, randomUUID())).toBeUndefined();
      expect(await budgets.reasonNotToRenew(tx, randomUUID())).toBeUndefined();
    });
  });

  it('stores one successor of a budget, also when two transactions try at once', async () => {
    const old = budget();
    const successors = [1, 2, 3, 4].map(() => old.successor(randomUUID(), at('2027-02-01T00:00:00Z')));
    const inserted = await Promise.all(
      successors.map((successor) => test.database.transaction((tx) => budgets.insertSuccessor(tx, successor))),
    );
    expect(inserted.filter(Boolean)).toHaveLength(1);
    const winner = successors[inserted.indexOf(true)]!;
    await test.database.transaction(async (tx) => {
      expect(await budgets.successorOf(tx, old.id)).toBe(winner.id);
      expect(await budgets.reasonNotToRenew(tx, old.id)).toBe(`renewed by ${winner.id}`);
    });
  });

  it('refuses a second successor whoever writes it', async () => {
    const old = budget();
    const write = () =>
      test.database.transaction((tx) => budgets.save(tx, old.successor(randomUUID(), at('2027-02-01T00:00:00Z'))));
    await write();
    await expect(write()).rejects.toMatchObject({ code: '23505', constraint: 'budget_has_one_successor' });
  });

  it('remembers a deactivation, the earliest of several, and says so as the reason', async () => {
    const id = randomUUID();
    await test.database.transaction(async (tx) => {
      await budgets.deactivate(tx, id, at('2027-01-07T00:00:00Z'));
      await budgets.deactivate(tx, id, at('2027-01-05T00:00:00Z'));
      await budgets.deactivate(tx, id, at('2027-01-09T00:00:00Z'));
      expect(await budgets.reasonNotToRenew(tx, id)).toBe('deactivated on 2027-01-05T00:00:00Z');
    });
  });

  it.each<[string, TestDatabase['database']['transaction']]>([
    ['transactions of their own', (work) => test.database.transaction(work)],
    ['a shared one', (work) => test.database.sharedTransaction(work)],
  ])('lets one at a time hold a budget, in whatever order each names them, in %s', async (_, transact) => {
    const ids = [randomUUID(), randomUUID()];
    let holders = 0;
    const hold = (order: string[]) =>
      transact(async (tx) => {
        await budgets.hold(tx, order);
        expect(++holders).toBe(1);
        await budgets.find(tx, order[0]!);
        holders--;
      });
    await Promise.all(Array.from({ length: 20 }, (_, index) => hold(index % 2 ? ids : [...ids].reverse())));
  });
});

describe('the migrations', () => {
  it('run back to nothing and forward again', async () => {
    const { db } = test.database;
    expect(await migrate(db, budgetMigrations, 'none')).toEqual([
      { name: '2026-11-22-budgets-1-store', direction: 'back' },
    ]);
    await migrate(db, budgetMigrations);
    const migrations = await listMigrations(db, budgetMigrations);
    expect(migrations.every(({ executedAt }) => executedAt)).toBe(true);
  });
});
