import { decodeEvent } from '@budget-buddy/events';
import { Temporal } from 'temporal-polyfill';
import { describe, expect, it } from 'vitest';
import type { Budget } from '../budget';
import { BudgetCreated } from '../events/budget-created';
import { BudgetRenewed } from '../events/budget-renewed';
import { UnknownBudgetError } from '../unknown-budget-error';
import { budgetFromEvent, type KnownBudgets } from './budget-from-event';

const [A, B, USER] = ['a', 'b', 'c'].map((digit) => `${digit.repeat(8)}-0000-4000-8000-000000000000`);

const created = (fields: object, known: KnownBudgets = {}) =>
  budgetFromEvent(
    decodeEvent(BudgetCreated, {
      budget_id: A,
      user_id: USER,
      name: 'Food',
      total_limit: 500,
      start_date: '2027-01-31T00:00:00Z',
      strategy: 'monthly',
      ...fields,
    }),
    known,
  );

const renewed = (fields: object, known: KnownBudgets = {}) =>
  budgetFromEvent(
    decodeEvent(BudgetRenewed, {
      budget_id: B,
      old_budget_id: A,
      user_id: USER,
      start_date: '2027-02-28T00:00:00Z',
      end_date: '2027-03-30T23:59:59Z',
      occurred_on: '2027-02-27T00:00:00Z',
      ...fields,
    }),
    known,
  );

const next = (budget: Budget) => budget.successor('', budget.asOf ?? Temporal.Instant.from('2027-01-01T00:00Z')).period;

describe('a budget that was created', () => {
  it('is anchored on its start, in UTC, when the event says no more', () => {
    expect(created({})).toMatchObject({ anchor: { day: 31, timeZone: 'UTC' }, chainId: A, categories: [] });
    expect(created({}).period.lastInstant.toString()).toBe('2027-02-27T23:59:59Z');
  });

  it('is anchored where the event says', () => {
    const budget = created({ strategy: 'yearly', strategy_parameters: { start_day: 6, start_month: 4 } });
    expect(budget.anchor).toMatchObject({ day: 6, month: 4 });
    expect(budget.period.end.toString()).toBe('2027-04-06T00:00:00Z');
  });

  it('is what the latest event says, and nothing of what an earlier one said', () => {
    const itself = created({ currency: 'EUR', time_zone: 'Europe/Berlin', strategy_parameters: { start_day: 15 } });
    expect(created({ total_limit: 900 }, { itself })).toEqual(created({ total_limit: 900 }));
  });
});

describe('a budget that renews another', () => {
  it('has from the old one what the event leaves unsaid', () => {
    const categories = [{ name: 'Bread', limit: 200 }];
    const predecessor = created({ currency: 'EUR', categories });
    expect(renewed({}, { predecessor })).toMatchObject({
      name: 'Food',
      totalLimit: 500,
      currency: 'EUR',
      categories,
      renewalOf: A,
      chainId: A,
    });
  });

  it('has the anchor of the old one, though it starts on a clamped date', () => {
    const budget = renewed({}, { predecessor: created({}) });
    expect(budget.anchor.day).toBe(31);
    expect(next(budget).end.toString()).toBe('2027-04-30T00:00:00Z');
  });

  it('has the local time of the old one, though it starts after a clock change skipped that time', () => {
    const predecessor = created({ start_date: '2027-02-28T02:30:00+01:00', time_zone: 'Europe/Berlin' });
    const terms = { strategy_parameters: { start_day: 28 }, time_zone: 'Europe/Berlin' };
    const dates = { start_date: '2027-03-28T03:30:00+02:00', end_date: '2027-04-28T02:29:59+02:00' };
    const budget = renewed({ ...terms, ...dates }, { predecessor });
    expect(next(budget).end.toString()).toBe('2027-05-28T00:30:00Z');
  });

  it('keeps its anchor when its service announces it once more as created, with its dates only', () => {
    const itself = renewed({}, { predecessor: created({}) });
    const budget = created({ budget_id: B, start_date: '2027-02-28T00:00:00Z' }, { itself });
    expect(budget).toMatchObject({ anchor: { day: 31 }, renewalOf: A, chainId: A });
    expect(budget.period).toEqual(itself.period);
  });

  it('is anchored anew when its service moves its start', () => {
    const itself = renewed({}, { predecessor: created({}) });
    expect(created({ budget_id: B, start_date: '2027-03-05T00:00:00Z' }, { itself }).anchor.day).toBe(5);
  });

  it('needs no old budget when the event says enough', () => {
    const budget = renewed({
      name: 'Food',
      total_limit: 500,
      strategy: 'monthly',
      strategy_parameters: { start_day: 31 },
    });
    expect(budget).toMatchObject({ anchor: { day: 31 }, renewalOf: A, chainId: A });
  });

  it('cannot be told of otherwise: which budget is unknown, and what of it, is in the error', () => {
    expect(() => renewed({ name: 'Food' })).toThrow(UnknownBudgetError);
    expect(() => renewed({ name: 'Food' })).toThrow(`the totalLimit, strategy of budget ${A} is not known (yet)`);
  });

  it('belongs to the chain of the old one', () => {
    const second = renewed({}, { predecessor: created({}) });
    const third = renewed({ budget_id: USER, old_budget_id: B }, { predecessor: second });
    expect(third).toMatchObject({ renewalOf: B, chainId: A });
  });
});
