import { describe, expect, it } from 'vitest';
import { prolonged, uncoveredMs } from './fault-windows';

const span = (fromMs: number, toMs: number) => ({ fromMs, toMs });

describe('what of a span lies in no other', () => {
  it.each([
    [[], 10],
    [[span(0, 5), span(25, 30)], 10],
    [[span(10, 20)], 0],
    [[span(5, 12)], 8],
    [[span(18, 30)], 8],
    [[span(12, 14), span(16, 18)], 6],
    [[span(16, 18), span(12, 17)], 4],
    [[span(12, 18), span(13, 14)], 4],
  ])('of 10 to 20, others %j', (others, expected) => {
    expect(uncoveredMs(span(10, 20), others)).toBe(expected);
  });

  it('is less when the others are prolonged', () => {
    expect(uncoveredMs(span(10, 20), prolonged([span(5, 12)], 5))).toBe(3);
  });
});
