import { expect, it, vi } from 'vitest';
import { remembering } from './remembering';

it('computes once what it is asked for again, numbers and texts alike', () => {
  const compute = vi.fn((key: number | string) => ({ key }));
  const of = remembering(compute);
  expect(of(1)).toBe(of(1));
  expect(of('1')).toBe(of('1'));
  expect(of('1')).not.toBe(of(1));
  expect(compute).toHaveBeenCalledTimes(2);
});

it('keeps no more than a thousand, and no long texts', () => {
  const compute = vi.fn((key: number | string) => ({ key }));
  const of = remembering(compute);
  of('x'.repeat(65));
  of('x'.repeat(65));
  expect(compute).toHaveBeenCalledTimes(2);
  of(0);
  for (let key = 1; key <= 1_000; key++) of(key);
  of(0);
  expect(compute).toHaveBeenCalledTimes(2 + 1_001 + 1);
});

it('remembers no failure', () => {
  let fails = true;
  const of = remembering((key: string) => {
    if (fails) throw new Error(key);
    return { key };
  });
  expect(() => of('x')).toThrow('x');
  fails = false;
  expect(of('x')).toEqual({ key: 'x' });
});
