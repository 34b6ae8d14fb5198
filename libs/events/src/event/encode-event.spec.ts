import { IsInstant } from '@budget-buddy/platform';
import { Type } from 'class-transformer';
import { IsArray, IsInt, IsOptional, IsString, Length, Min, ValidateNested } from 'class-validator';
import fc from 'fast-check';
import { Temporal } from 'temporal-polyfill';
import { expect, it } from 'vitest';
import { decodeEvent } from './decode-event';
import { DomainEvent } from './domain-event';
import { encodeEvent } from './encode-event';

class Part {
  @IsString() @Length(1, 5) partName!: string;
}

@DomainEvent({ name: 'Assembled' })
class Assembled {
  @IsInstant() assembledOn!: Temporal.Instant;
  @IsOptional() @IsInt() @Min(0) count?: number;
  @IsOptional() @IsArray() @ValidateNested({ each: true }) @Type(() => Part) parts?: Part[];
  /** On the wire it is `s_k_u`, and comes back as such. */
  @IsOptional() @IsString() @Length(1, 3) sKU?: string;
}

@DomainEvent({ name: 'Misnamed' })
class Misnamed {
  /** `_x`, which is no key on the wire. */
  @IsString() X!: string;
}

const events = fc
  .record(
    {
      assembledOn: fc.constantFrom(
        Temporal.Instant.from('2026-01-01T00:00:00.5Z'),
        Temporal.Instant.from('1969-12-31T00:00:00Z'),
      ),
      count: fc.constantFrom(0, 1, -1, 1.5, undefined),
      parts: fc.array(
        fc.record(
          { partName: fc.string({ maxLength: 6 }), odd: fc.constantFrom(1, {}) },
          { requiredKeys: ['partName'] },
        ),
        {
          maxLength: 3,
        },
      ),
      sKU: fc.string({ maxLength: 4 }),
    },
    { requiredKeys: ['assembledOn'] },
  )
  .map((properties) => Object.assign(new Assembled(), properties));

it('refuses exactly what reading it back would refuse, with the same words', () => {
  const outcomes = { accepted: 0, refused: 0 };
  fc.assert(
    fc.property(events, (event) => {
      // Instants and keys apart, the event is what is on the wire.
      const parts = event.parts?.map(({ partName, ...others }) => ({ part_name: partName, ...others }));
      const wire = { ...event, assembled_on: event.assembledOn.toString(), s_k_u: event.sKU, parts };
      const written = JSON.parse(JSON.stringify({ ...wire, assembledOn: undefined, sKU: undefined })) as object;
      const refusal = refusalOf(() => decodeEvent(Assembled, written));
      outcomes[refusal ? 'refused' : 'accepted']++;
      expect(refusalOf(() => encodeEvent(event))).toBe(refusal);
      if (refusal === undefined) expect(encodeEvent(event)).toEqual(written);
    }),
    { numRuns: 2_000 },
  );
  expect(Math.min(...Object.values(outcomes))).toBeGreaterThan(100);
});

it('refuses a property that nobody could read', () => {
  expect(() => encodeEvent(Object.assign(new Misnamed(), { X: 'x' }))).toThrow('Misnamed');
});

function refusalOf(act: () => unknown): string | undefined {
  try {
    act();
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}
