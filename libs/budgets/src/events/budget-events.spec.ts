import { decodeEvent, encodeEvent, InvalidEventError } from '@budget-buddy/events';
import { Temporal } from 'temporal-polyfill';
import { describe, expect, it } from 'vitest';
import { Budget } from '../budget';
import { BudgetPeriod } from '../period/budget-period';
import { PeriodAnchor } from '../period/period-anchor';
import { BudgetCreated } from './budget-created';
import { BudgetDeactivated } from './budget-deactivated';
import { BudgetRenewed } from './budget-renewed';

const BUDGET = '11111111-1111-1111-1111-111111111111';
const USER = '22222222-2222-4222-8222-222222222222';

/** As the Python publishers print it; the newer ones with all there may be. */
const older = {
  budget_id: BUDGET,
  user_id: USER,
  name: 'Food',
  total_limit: 50_000,
  start_date: '2027-01-01T00:00:00+00:00',
  strategy: 'monthly',
};
const newer = {
  ...older,
  end_date: '2027-01-31T23:59:59.999999Z',
  occurred_on: '2026-12-31T09:30:00.123456Z',
  currency: 'EUR',
  time_zone: 'Europe/Berlin',
  strategy_parameters: { start_day: 1, start_month: null },
  categories: [{ name: 'Bread', limit: 20_000 }],
};

function violations(body: object, eventClass: new () => object = BudgetCreated): string[] {
  try {
    decodeEvent(eventClass, body);
    return [];
  } catch (error) {
    if (!(error instanceof InvalidEventError)) throw error;
    return error.violations.map(({ path, expected }) => `${path}: ${expected}`);
  }
}

describe('BudgetCreated', () => {
  it('is read from an older publisher', () => {
    expect(decodeEvent(BudgetCreated, older)).toMatchObject({ budgetId: BUDGET, userId: USER, totalLimit: 50_000 });
  });

  it('is read from a newer publisher', () => {
    expect(decodeEvent(BudgetCreated, newer)).toMatchObject({
      currency: 'EUR',
      timeZone: 'Europe/Berlin',
      strategyParameters: { startDay: 1, startMonth: undefined },
      categories: [{ name: 'Bread', limit: 20_000 }],
    });
  });

  it('may have null for whatever may be missing', () => {
    const optional = ['end_date', 'occurred_on', 'currency', 'time_zone', 'strategy_parameters', 'categories'];
    const event = decodeEvent(BudgetCreated, { ...older, ...Object.fromEntries(optional.map((key) => [key, null])) });
    expect(event).toEqual(decodeEvent(BudgetCreated, older));
  });

  it('has its ids in lower case and its zone in the canonical spelling, however they were spelled', () => {
    const event = decodeEvent(BudgetCreated, {
      ...older,
      budget_id: 'ABCDEF00-0000-4000-8000-00000000ABCD',
      time_zone: 'europe/berlin',
    });
    expect(event).toMatchObject({ budgetId: 'abcdef00-0000-4000-8000-00000000abcd', timeZone: 'Europe/Berlin' });
  });

  it.each([
    [{ name: '🥖'.repeat(100) }],
    [{ name: 'Öl!' }],
    [{ total_limit: 0 }],
    [{ total_limit: Number.MAX_SAFE_INTEGER }],
    [{ time_zone: 'Etc/GMT+5' }],
    [{ categories: [] }],
    [{ strategy: 'yearly', strategy_parameters: { start_day: 31, start_month: 2 } }],
  ])('may have %j', (fields) => {
    expect(violations({ ...newer, ...fields })).toEqual([]);
  });

  it.each([
    [{ budget_id: 'budget-1' }, 'budget_id'],
    [{ user_id: null }, 'user_id'],
    [{ name: 'ab' }, 'name'],
    [{ name: 'x'.repeat(101) }, 'name'],
    [{ name: 'a\0bc' }, 'name'],
    [{ name: 'abc\ud800' }, 'name'],
    [{ total_limit: -1 }, 'total_limit'],
    [{ total_limit: 1.5 }, 'total_limit'],
    [{ total_limit: 2 ** 53 }, 'total_limit'],
    [{ total_limit: '100' }, 'total_limit'],
    [{ strategy: 'weekly' }, 'strategy'],
    [{ start_date: '2027-01-01T00:00:00' }, 'start_date'],
    [{ start_date: '1969-12-31T23:59:59Z' }, 'start_date'],
    [{ end_date: '2201-01-01T00:00:00Z' }, 'end_date'],
    [{ end_date: '2027-01-01T00:00:00Z' }, 'end_date'],
    [{ end_date: '2026-12-31T23:59:59Z' }, 'end_date'],
    [{ currency: 'eur' }, 'currency'],
    [{ currency: 'EURO' }, 'currency'],
    [{ time_zone: 'Mars/Olympus' }, 'time_zone'],
    [{ time_zone: '+01:00' }, 'time_zone'],
    [{ time_zone: '' }, 'time_zone'],
    [{ time_zone: '2027-01-01T00:00:00Z' }, 'time_zone'],
    [{ strategy_parameters: { start_day: 0 } }, 'strategy_parameters.start_day'],
    [{ strategy_parameters: { start_day: 32 } }, 'strategy_parameters.start_day'],
    [{ strategy_parameters: { start_month: 13 } }, 'strategy_parameters.start_month'],
    [{ strategy_parameters: [{ start_day: 1 }] }, 'strategy_parameters'],
    [{ categories: Array.from({ length: 6 }, () => ({ name: 'Bread', limit: 1 })) }, 'categories'],
    [{ categories: { name: 'Bread', limit: 1 } }, 'categories'],
    [{ categories: [null] }, 'categories'],
    [{ categories: [[{ name: 'Bread', limit: 1 }]] }, 'categories'],
    [{ categories: [{ name: 'Bread' }] }, 'categories[0].limit'],
    [{ categories: [{ name: '', limit: 1 }] }, 'categories[0].name'],
  ])('must not have %j', (fields, path) => {
    expect(violations({ ...newer, ...fields }).map((violation) => violation.split(':')[0])).toContain(path);
  });

  it('says what was expected instead', () => {
    const end_date = '2026-12-31T23:59:59Z';
    expect(violations({ ...newer, end_date, time_zone: 'CET/DST', total_limit: -5, name: '' })).toEqual([
      'name: it to be text of 3 to 100 characters, without NUL or half characters',
      'total_limit: it to be a whole number from 0 to 9007199254740991',
      'end_date: it to be after the start, 2027-01-01T00:00:00Z',
      'time_zone: it to be the name of an IANA time zone, such as Europe/Berlin',
    ]);
  });
});

describe('BudgetRenewed', () => {
  const fromPython = {
    budget_id: BUDGET,
    old_budget_id: '33333333-3333-4333-8333-333333333333',
    user_id: USER,
    start_date: '2027-02-01T00:00:00Z',
    end_date: '2027-02-28T23:59:59Z',
    occurred_on: '2027-01-31T00:00:00.000001Z',
  };

  it('is read from the old system, which says no more than it must', () => {
    expect(violations(fromPython, BudgetRenewed)).toEqual([]);
  });

  it.each(['old_budget_id', 'end_date', 'occurred_on'])('must have %s', (field) => {
    expect(violations({ ...fromPython, [field]: undefined }, BudgetRenewed)).toHaveLength(1);
  });

  it('is never the renewal of itself', () => {
    expect(violations({ ...fromPython, old_budget_id: BUDGET }, BudgetRenewed)[0]).toContain('budget_id: it');
  });

  it('is published with all terms of the new budget, flat and in snake_case', () => {
    const start = Temporal.Instant.from('2027-01-31T00:00:00+01:00');
    const anchor = PeriodAnchor.of({ strategy: 'yearly', start, timeZone: 'Europe/Berlin' });
    const old = new Budget({
      id: fromPython.old_budget_id,
      userId: USER,
      name: 'Food',
      totalLimit: 50_000,
      currency: 'EUR',
      categories: [{ name: 'Bread', limit: 20_000 }],
      anchor,
      period: BudgetPeriod.startingAt(start, anchor),
      chainId: fromPython.old_budget_id,
    });
    const now = Temporal.Instant.from('2028-01-30T00:00:00Z');
    expect(encodeEvent(BudgetRenewed.of(old.successor(BUDGET, now), old.id, now))).toEqual({
      budget_id: BUDGET,
      old_budget_id: old.id,
      user_id: USER,
      name: 'Food',
      total_limit: 50_000,
      currency: 'EUR',
      strategy: 'yearly',
      strategy_parameters: { start_day: 31, start_month: 1 },
      time_zone: 'Europe/Berlin',
      categories: [{ name: 'Bread', limit: 20_000 }],
      start_date: '2028-01-30T23:00:00Z',
      end_date: '2029-01-30T22:59:59Z',
      occurred_on: '2028-01-30T00:00:00Z',
    });
  });
});

describe('BudgetDeactivated', () => {
  it('needs the budget and the date, no more', () => {
    const event = { budget_id: BUDGET, deactivation_date: '2027-01-05T10:00:00Z' };
    expect(violations(event, BudgetDeactivated)).toEqual([]);
    expect(violations({ ...event, user_id: 7 }, BudgetDeactivated)[0]).toContain('user_id');
    expect(violations({ budget_id: BUDGET }, BudgetDeactivated)[0]).toContain('deactivation_date');
  });
});
