import fc from 'fast-check';
import pg from 'pg';
import { Temporal } from 'temporal-polyfill';
import { expect, it } from 'vitest';
import { valueTypes } from './value-types';

const read = valueTypes.getTypeParser(pg.types.builtins.TIMESTAMPTZ) as (text: string) => Temporal.Instant;

it('reads the times of four-digit years, however many digits PostgreSQL writes', () => {
  const years = {
    min: new Date('0000-01-01T00:00:00Z'),
    max: new Date('9999-12-31T23:59:59.999Z'),
    noInvalidDate: true,
  };
  const fractions = fc.constantFrom('', '.1', '.02', '.003', '.0004', '.000005', '.999', '.999999');
  fc.assert(
    fc.property(fc.date(years), fractions, fc.constantFrom('+00', '+05:45', '-03'), (date, fraction, offset) => {
      const text = `${date.toISOString().slice(0, 19).replace('T', ' ')}${fraction}${offset}`;
      expect(read(text).epochNanoseconds).toBe(Temporal.Instant.from(text).epochNanoseconds);
    }),
    { numRuns: 2_000 },
  );
});
