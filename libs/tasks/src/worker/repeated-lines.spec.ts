import { describe, expect, it } from 'vitest';
import { RepeatedLines } from './repeated-lines';

describe('a line that would be said over and over', () => {
  it('is said once in a while, with how many were left out', () => {
    const lines = new RepeatedLines(1000);
    expect([0, 1, 999, 1000, 1001, 2500].map((ms) => lines.next('a', ms))).toEqual([
      0,
      undefined,
      undefined,
      2,
      undefined,
      1,
    ]);
  });

  it('does not keep another kind from being said', () => {
    const lines = new RepeatedLines(1000);
    expect([lines.next('a', 0), lines.next('b', 0), lines.next('a', 1)]).toEqual([0, 0, undefined]);
  });

  it('remembers no more than so many kinds', () => {
    const lines = new RepeatedLines(1000);
    for (let kind = 0; kind <= 1000; kind++) lines.next(String(kind), 0);
    expect(lines.next('0', 1)).toBe(0);
    expect(lines.next('1000', 1)).toBeUndefined();
  });
});
