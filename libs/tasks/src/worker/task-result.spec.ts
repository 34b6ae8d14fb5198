import { describe, expect, it } from 'vitest';
import { skip } from '../task/skip';
import { outcomeOf, UnserializableResultError } from './task-result';

describe('the result of a handler', () => {
  it.each([{ status: 'success', ids: ['a', 1, true, null] }, 'text', 0, [], false])('keeps %j', (result) => {
    expect(outcomeOf(result)).toEqual({ status: 'succeeded', result });
  });

  it('is null when the handler returned nothing', () => {
    expect(outcomeOf(undefined)).toEqual({ status: 'succeeded', result: null });
  });

  it('is a skip with its reason', () => {
    expect(outcomeOf(skip('deactivated'))).toEqual({ status: 'skipped', reason: 'deactivated' });
  });

  const circular: Record<string, unknown> = {};
  circular.self = circular;

  it.each([
    ['a BigInt', { total: 1n }],
    ['a circular object', circular],
    ['a Date', { at: new Date() }],
    ['NaN', { rate: Number.NaN }],
    ['a function', () => undefined],
    ['a Map', new Map([['a', 1]])],
  ])('fails clearly when it is %s', (_, result) => {
    expect(() => outcomeOf(result)).toThrow(UnserializableResultError);
  });
});
