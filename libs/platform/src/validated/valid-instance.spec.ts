import { Exclude, plainToInstance, Transform, Type } from 'class-transformer';
import {
  Allow,
  ArrayMaxSize,
  IsArray,
  IsDefined,
  IsIn,
  IsInt,
  IsObject,
  IsOptional,
  IsString,
  IsUUID,
  Length,
  Matches,
  Max,
  Min,
  registerDecorator,
  ValidateBy,
  ValidateIf,
  ValidateNested,
  validateSync,
} from 'class-validator';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { IsInstant } from '../is-instant';
import type { DecoratedClass } from './transformer-storage';
import { type UnknownProperties, validInstance } from './valid-instance';

class Share {
  @IsString() @Length(1, 5) name!: string;
  @IsOptional() @IsInt() @Min(0) @Max(9) limit?: number;
}

const IsLessThanLimit = () =>
  ValidateBy({
    name: 'isLessThanLimit',
    validator: { validate: (value, argument) => Number(value) < (argument!.object as Pot).limit },
  });

const IsNotBad = () =>
  ValidateBy({ name: 'isNotBad', validator: { validate: (value) => (value as Share).name !== 'bad' } }, { each: true });

abstract class Opened {
  @IsInstant() openedAt!: unknown;
  @IsOptional() @Matches(/^[A-Z]{3}$/) currency?: string;
}

class Pot extends Opened {
  @IsUUID('loose')
  @Transform(({ value }) => (typeof value === 'string' ? value.toLowerCase() : (value as unknown)), {
    toClassOnly: true,
  })
  id!: string;
  @IsInt() @Min(1) limit!: number;
  @IsLessThanLimit() @ValidateIf((pot: Pot) => pot.limit > 5) spent?: number;
  @IsIn(['monthly', 'yearly']) strategy!: string;
  @Allow() note?: unknown;
  @IsOptional() @IsObject() @ValidateNested() @Type(() => Share) main?: Share;
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(3)
  @IsObject({ each: true })
  @IsNotBad()
  @ValidateNested({ each: true })
  @Type(() => Share)
  shares?: Share[];
  @IsOptional() @IsString({ each: true }) @Length(1, 3, { each: true }) tags?: string[];
  @IsDefined() @Transform(({ value }) => (value as string).length) sign!: unknown;
}

const share = fc.record(
  { name: fc.string({ minLength: 1, maxLength: 5 }), limit: fc.integer({ min: 0, max: 9 }) },
  { noNullPrototype: true },
);
const pot = fc.record(
  {
    id: fc.uuid().map((id) => id.toUpperCase()),
    limit: fc.integer({ min: 1, max: 10 }),
    spent: fc.constant(0),
    openedAt: fc.constantFrom('2026-01-31T00:00:00Z', '2026-01-31T00:00:00.123+01:00'),
    currency: fc.constantFrom('EUR', 'USD'),
    strategy: fc.constantFrom('monthly', 'yearly'),
    main: share,
    shares: fc.array(share, { maxLength: 3 }),
    sign: fc.string(),
    unknown: fc.integer(),
  },
  { requiredKeys: ['id', 'limit', 'spent', 'openedAt', 'strategy', 'sign'], noNullPrototype: true },
);
const anyKey = fc.oneof(
  fc.constantFrom(
    ...'id limit spent openedAt currency strategy note main shares tags sign constructor then'.split(' '),
  ),
  fc.string({ maxLength: 8 }),
);
const anyValue = fc.oneof(
  fc.jsonValue({ maxDepth: 3 }),
  fc.constantFrom(
    undefined,
    Number.NaN,
    -0,
    1.5,
    'EURO',
    '2026-02-30T00:00:00Z',
    [undefined],
    [[]],
    [{ name: 'x', x: 1 }],
  ),
  fc.array(fc.oneof(share, fc.jsonValue({ maxDepth: 1 })), { maxLength: 4 }),
);
const changed = fc
  .tuple(pot, fc.array(fc.tuple(anyKey, anyValue), { maxLength: 3 }))
  .map(([valid, changes]) => ({ ...valid, ...Object.fromEntries(changes) }));

/** What the libraries make of it: undefined when they find something wrong. */
function byTheLibraries<T extends object>(type: DecoratedClass<T>, plain: object, unknown: UnknownProperties) {
  const forbidNonWhitelisted = unknown === 'invalid';
  try {
    const instance = plainToInstance(type, structuredClone(plain));
    return validateSync(instance, { whitelist: true, forbidNonWhitelisted }).length === 0 ? instance : undefined;
  } catch {
    return undefined;
  }
}

describe('validInstance', () => {
  it.each(['dropped', 'invalid'] as const)('agrees with the libraries whatever it is given (%s)', (unknown) => {
    let sure = 0;
    fc.assert(
      fc.property(changed, (plain) => {
        const instance = validInstance(Pot, plain, unknown);
        if (!instance) return;
        sure++;
        const expected = byTheLibraries(Pot, plain, unknown);
        expect(instance).toStrictEqual(expected);
        expect(JSON.stringify(instance)).toBe(JSON.stringify(expected));
        expect(instance).toBeInstanceOf(Pot);
      }),
      { numRuns: 5_000 },
    );
    expect(sure).toBeGreaterThan(100);
  });

  it('is sure of what is valid and without lists of plain values', () => {
    fc.assert(
      fc.property(pot, (plain) => {
        expect(validInstance(Pot, plain, 'dropped')).toStrictEqual(byTheLibraries(Pot, plain, 'dropped'));
        expect(validInstance(Pot, plain, 'dropped')).toBeDefined();
        expect(validInstance(Pot, plain, 'invalid') === undefined).toBe('unknown' in plain);
      }),
      { numRuns: 1_000 },
    );
  });

  it('is not sure of what the libraries refuse, part by part', () => {
    const [valid] = fc.sample(pot, { numRuns: 1, seed: 1 });
    const wrong: [string, unknown][] = [
      ['id', 'x'],
      ['limit', 0],
      ['openedAt', '2026-02-30T00:00:00Z'],
      ['currency', 'EURO'],
      ['strategy', 'daily'],
      ['main', { name: 'longer' }],
      ['main', 'x'],
      ['shares', [{ name: 'x' }, { name: '' }]],
      ['shares', [{ name: 'x' }, { name: 'bad' }]],
      ['shares', [null]],
      ['shares', Array(4).fill({ name: 'x' })],
    ];
    for (const [key, value] of wrong) {
      expect(byTheLibraries(Pot, { ...valid, [key]: value }, 'dropped'), key).toBeUndefined();
      expect(validInstance(Pot, { ...valid, [key]: value }, 'dropped'), key).toBeUndefined();
    }
    expect(validInstance(Pot, { ...valid, limit: 9, spent: 9 }, 'dropped')).toBeUndefined();
    // class-transformer calls it.
    expect(byTheLibraries(Pot, { ...valid, unknown: { constructor: 1 } }, 'dropped')).toBeUndefined();
    expect(validInstance(Pot, { ...valid, unknown: { constructor: 1 } }, 'dropped')).toBeUndefined();
  });

  it('leaves to the libraries whatever it does not know', () => {
    class Undecorated {
      name = 'x';
    }
    class Grouped {
      @Exclude() @IsString() name!: string;
    }
    class Asynchronous {
      name!: string;
    }
    registerDecorator({
      target: Asynchronous,
      propertyName: 'name',
      async: true,
      validator: { validate: () => true },
    });
    class WithMethod {
      @IsString() name!: string;
      @Allow() save(): number {
        return 1;
      }
    }
    class Initialised {
      @IsString() name!: string;
      extra = 1;
    }
    for (const type of [Undecorated, Grouped, Asynchronous, WithMethod, Initialised]) {
      expect(validInstance(type as DecoratedClass, { name: 'x' }, 'dropped'), type.name).toBeUndefined();
    }
  });
});
