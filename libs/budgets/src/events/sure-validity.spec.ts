import { validInstance, validPlain } from '@budget-buddy/platform';
import { plainToInstance } from 'class-transformer';
import { validateSync } from 'class-validator';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { RenewBudget } from '../renew-budget';
import { BudgetCreated } from './budget-created';
import { BudgetDeactivated } from './budget-deactivated';
import { BudgetRenewed } from './budget-renewed';

const id = '0B4c7a8e-2f0b-4f6e-9a55-0d5a3c6a2b11';
const terms = {
  budgetId: id,
  userId: id,
  name: 'Food 🥦',
  totalLimit: 5,
  currency: 'EUR',
  timeZone: 'europe/berlin',
  strategy: 'monthly',
  strategyParameters: { startDay: 31, startMonth: null },
  categories: [{ name: 'Bread', limit: 1 }],
  startDate: '2026-01-31T00:00:00+01:00',
  endDate: '2026-02-27T22:59:59.5Z',
  occurredOn: '2026-01-01T00:00:00Z',
};
const classes = [
  [BudgetCreated, terms],
  [BudgetRenewed, { ...terms, oldBudgetId: '1b4c7a8e-2f0b-4f6e-9a55-0d5a3c6a2b11' }],
  [BudgetDeactivated, { budgetId: id, deactivationDate: '2026-01-01T00:00:00Z' }],
  [RenewBudget, { budgetId: id, userId: id }],
] as const;

it.each(classes)('%o is read without the detour, and as the libraries read it', (type: new () => object, valid) => {
  expect(validInstance(type, { ...valid, padding: 'x' }, 'dropped')).toBeInstanceOf(type);
  const value = fc.oneof(fc.jsonValue({ maxDepth: 2 }), fc.constantFrom(...Object.values(terms), undefined));
  const changes = fc.dictionary(fc.constantFrom(...Object.keys({ ...terms, padding: 1 })), value, {
    maxKeys: 3,
    noNullPrototype: true,
  });
  fc.assert(
    fc.property(changes, (changed) => {
      const plain = { ...valid, ...changed };
      const instance = validInstance(type, plain, 'dropped');
      if (!instance) return;
      const expected = plainToInstance(type, plain);
      expect(validateSync(expected, { whitelist: true })).toEqual([]);
      expect(instance).toStrictEqual(expected);
      expect(JSON.stringify(instance)).toBe(JSON.stringify(expected));
    }),
    { numRuns: 2_000 },
  );
});

it('a task is written without the detour', () => {
  const task = Object.assign(new RenewBudget(), { budgetId: id, userId: id });
  expect(validPlain(RenewBudget, task)).toStrictEqual({ budgetId: id, userId: id });
  expect(validPlain(RenewBudget, Object.assign(task, { userId: 5 }))).toBeUndefined();
});
