import fc from 'fast-check';
import { Temporal } from 'temporal-polyfill';
import { expect, it } from 'vitest';
import { instantText, instantTextInMicroseconds } from './instant-text';

const MOST_MS = 8_640_000_000_000_000n;

const wholeMs = fc.bigInt(-MOST_MS, MOST_MS).map((ms) => ms * 1_000_000n);
const round = fc.constantFrom(0n, 1n, -1n, 100_000_000n, 120_000_000n, -1_000_000_000n, 1_700_000_000_000_000_000n);
const anyNanoseconds = fc.bigInt(-MOST_MS * 1_000_000n, MOST_MS * 1_000_000n);
const recent = fc.bigInt(0n, 7_000_000_000_000n).map((ms) => ms * 1_000_000n);
const instants = fc
  .oneof(wholeMs, round, anyNanoseconds, recent)
  .map((nanoseconds) => Temporal.Instant.fromEpochNanoseconds(nanoseconds));

it('writes every instant as Temporal does', () => {
  fc.assert(
    fc.property(instants, (instant) => {
      expect(instantText(instant)).toBe(instant.toString());
      expect(instantTextInMicroseconds(instant)).toBe(instant.toString({ fractionalSecondDigits: 6 }));
    }),
    { numRuns: 5_000 },
  );
});
