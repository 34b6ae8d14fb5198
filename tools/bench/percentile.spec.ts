import { expect, it } from 'vitest';
import { percentile } from './percentile';

it('is the value of the nearest rank', () => {
  const values = Array.from({ length: 100 }, (_, index) => 100 - index);
  expect(percentile(values, 0.5)).toBe(50);
  expect(percentile(values, 0.99)).toBe(99);
  expect(percentile(values, 1)).toBe(100);
  expect(percentile([7], 0.01)).toBe(7);
  expect(() => percentile([], 0.5)).toThrow(RangeError);
});
