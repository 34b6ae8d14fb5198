import { IsInstant } from '@budget-buddy/platform';
import { Type } from 'class-transformer';
import { IsIn, IsInt, IsOptional, IsString, IsUUID, Length, ValidateNested } from 'class-validator';
import fc from 'fast-check';
import { Temporal } from 'temporal-polyfill';
import { describe, expect, it } from 'vitest';
import { decodeEvent } from './decode-event';
import { DomainEvent, NotADomainEventError } from './domain-event';
import { encodeEvent, UnencodableEventError } from './encode-event';
import { InvalidEventError } from './invalid-event-error';

class Share {
  @IsString() memberName!: string;
  @IsInt() limit!: number;
}

@DomainEvent({ name: 'PotOpened', aliases: ['PotOpenedEvent'] })
class PotOpened {
  @IsUUID() potId!: string;
  @IsInt() totalLimit!: number;
  @IsInstant() startDate!: Temporal.Instant;
  @IsIn(['monthly', 'yearly']) strategy!: string;
  @IsOptional() @Length(3, 100) name?: string;
  @IsOptional() @ValidateNested({ each: true }) @Type(() => Share) memberShares?: Share[];
}

const wire = () => ({
  pot_id: '0b4c7a8e-2f0b-4f6e-9a55-0d5a3c6a2b11',
  total_limit: 120_000,
  start_date: '2026-01-31T00:00:00+01:00',
  strategy: 'monthly',
  member_shares: [{ member_name: 'Ada', limit: 7 }],
});

function violationsOf(body: unknown) {
  try {
    decodeEvent(PotOpened, body);
  } catch (error) {
    if (error instanceof InvalidEventError) return error.violations;
    throw error;
  }
  return [];
}

describe('decodeEvent', () => {
  it('makes a typed instance out of snake_case JSON, nested parts included', () => {
    const event = decodeEvent(PotOpened, Buffer.from(JSON.stringify(wire())));
    expect(event).toBeInstanceOf(PotOpened);
    expect(event.potId).toBe(wire().pot_id);
    expect(event.startDate.toString()).toBe('2026-01-30T23:00:00Z');
    expect(event.memberShares?.[0]).toBeInstanceOf(Share);
    expect(event.memberShares?.[0]?.memberName).toBe('Ada');
  });

  it('ignores fields it does not know, and names that are not snake_case', () => {
    const event = decodeEvent(PotOpened, { ...wire(), colour: 'red', totalLimit: 1, member_shares: [] });
    expect(event).not.toHaveProperty('colour');
    expect(event.totalLimit).toBe(120_000);
  });

  it('converts no types', () => {
    expect(violationsOf({ ...wire(), total_limit: '120000' })).toEqual([
      { path: 'total_limit', value: '"120000"', expected: 'it to be an integer number' },
    ]);
  });

  it('names every violation as the sender knows it, with the value found', () => {
    const violations = violationsOf({
      ...wire(),
      pot_id: 5,
      start_date: '2026-02-30',
      member_shares: [{ limit: 1.5 }],
    });
    expect(violations.map(({ path, value }) => [path, value])).toEqual([
      ['pot_id', '5'],
      ['start_date', '"2026-02-30"'],
      ['member_shares[0].member_name', 'nothing'],
      ['member_shares[0].limit', '1.5'],
    ]);
  });

  it('says what was found instead of JSON, shortened', () => {
    expect(violationsOf(Buffer.from('<xml>'))).toEqual([{ path: '', value: '"<xml>"', expected: 'JSON' }]);
    expect(violationsOf(Buffer.from([0xff, 0xfe]))[0]).toMatchObject({ value: '0xfffe', expected: 'text in UTF-8' });
    expect(violationsOf(Buffer.from('[1]'))[0]).toMatchObject({ value: '[1]', expected: 'a JSON object' });
    expect(violationsOf(Buffer.from('null'))[0]).toMatchObject({ value: 'null' });
    expect(violationsOf({ ...wire(), strategy: 'x'.repeat(10_000) })[0]?.value.length).toBeLessThan(150);
  });

  it('refuses nesting without bounds, however deep', () => {
    const deep = `{"pot_id":${'['.repeat(100_000)}${']'.repeat(100_000)}}`;
    expect(violationsOf(Buffer.from(deep))[0]?.value).toMatch(/nested deeper/);
  });

  it('refuses more values than any event has, before it looks at each', () => {
    const many = JSON.stringify({ ...wire(), member_shares: Array(80_000).fill({}) });
    expect(violationsOf(Buffer.from(many))).toEqual([
      { path: '', value: 'more than 5000 values', expected: 'a flat object' },
    ]);
  });

  it('is not fooled by keys that mean something to JavaScript', () => {
    const hostile =
      '{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}},"to_string":1,"has_own_property":1}';
    expect(violationsOf(Buffer.from(hostile)).map(({ path }) => path)).toContain('pot_id');
    const mixed = Buffer.from(JSON.stringify(wire()).replace('{', `${hostile.slice(0, -1)},`));
    const event = decodeEvent(PotOpened, mixed);
    expect(event).toBeInstanceOf(PotOpened);
    expect(Object.keys(event).sort()).toEqual(['memberShares', 'name', 'potId', 'startDate', 'strategy', 'totalLimit']);
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });

  it('throws nothing but InvalidEventError for random bytes', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => void violationsOf(Buffer.from(bytes))));
  });

  it('throws nothing but InvalidEventError for any JSON, and for events with any part replaced', () => {
    fc.assert(fc.property(fc.json({ maxDepth: 8 }), (json) => void violationsOf(Buffer.from(json))));
    const part = fc.constantFrom(...Object.keys(wire()));
    fc.assert(
      fc.property(part, fc.jsonValue(), (key, value) => {
        violationsOf(Buffer.from(JSON.stringify({ ...wire(), [key]: value })));
      }),
      { numRuns: 500 },
    );
  });

  it('needs a decorated class', () => {
    class Plain {}
    expect(() => decodeEvent(Plain, {})).toThrow(NotADomainEventError);
  });
});

describe('encodeEvent', () => {
  it('is the inverse: what it writes decodes to the same event', () => {
    const event = decodeEvent(PotOpened, { ...wire(), name: 'Food' });
    expect(encodeEvent(event)).toEqual({ ...wire(), name: 'Food', start_date: '2026-01-30T23:00:00Z' });
    expect(decodeEvent(PotOpened, encodeEvent(event))).toEqual(event);
  });

  it('leaves out what is undefined', () => {
    const event = Object.assign(decodeEvent(PotOpened, wire()), { name: undefined });
    expect(encodeEvent(event)).not.toHaveProperty('name');
  });

  it('refuses to publish what JSON would lose, and what a consumer would refuse', () => {
    const event = decodeEvent(PotOpened, wire());
    expect(() => encodeEvent(Object.assign(event, { totalLimit: Number.NaN }))).toThrow(UnencodableEventError);
    expect(() => encodeEvent(Object.assign(event, { totalLimit: 1.5 }))).toThrow(InvalidEventError);
    expect(() => encodeEvent({})).toThrow(NotADomainEventError);
  });
});
