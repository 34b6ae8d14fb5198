import { BudgetCreated } from '@budget-buddy/budgets';
import { decodeEvent } from '@budget-buddy/events';
import { expect, it } from 'vitest';
import { budgetCreated, datesFarAway } from './budget-created';
import { budgetIdOf, numberOf } from './task-ids';

it.each([0, 1, 123_456])('event %i is a valid BudgetCreated of exactly 1 KB that tells its number', (number) => {
  const body = budgetCreated(number, datesFarAway());
  expect(body).toHaveLength(1_024);
  expect(numberOf(decodeEvent(BudgetCreated, body).budgetId)).toBe(number);
  expect(decodeEvent(BudgetCreated, body).budgetId).toBe(budgetIdOf(number));
});
