import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
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

  it('is kept if and only if it comes back from JSON as it was', () => {
    const options = { withBigInt: true, withDate: true, withMap: true, withNullPrototype: true, withSparseArray: true };
    fc.assert(
      fc.property(fc.oneof(fc.anything(options), fc.jsonValue(), fc.constantFrom(-0, { zero: -0 })), (result) => {
        fc.pre(result !== null && result !== undefined);
        if (survivesJson(result)) expect(outcomeOf(result)).toEqual({ status: 'succeeded', result });
        else expect(() => outcomeOf(result)).toThrow(UnserializableResultError);
      }),
      { numRuns: 3_000 },
    );
  });

  const circular: Record<string, unknown> = {};
  circular.self = circular;

  it.each([
    ['a BigInt', { total: 1n }],
    ['a circular object', circular],
    ['a Date', { at: new Date() }],
    ['NaN', { rate: Number.NaN }],
    ['a function', () => undefined],
    ['an object with a symbol for a key', { [Symbol('key')]: 1 }],
    ['a Map', new Map([['a', 1]])],
  ])('fails clearly when it is %s', (_, result) => {
    expect(() => outcomeOf(result)).toThrow(UnserializableResultError);
  });
});

function survivesJson(value: unknown): boolean {
  try {
    return isDeepStrictEqual(JSON.parse(JSON.stringify(value)), value);
  } catch {
    return false;
  }
}
