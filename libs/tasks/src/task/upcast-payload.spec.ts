import { Transform } from 'class-transformer';
import { IsInt, IsString } from 'class-validator';
import { describe, expect, it } from 'vitest';
import { NewerPayloadError } from './newer-payload-error';
import { Task } from './task';
import { decodePayload, type StoredPayload } from './task-payload';
import { UnreadablePayloadError } from './unreadable-payload-error';
import type { Upcasters } from './upcaster';

/** Version 1 had `{ who }`, version 2 `{ name }`, version 3 has `{ name, floor }`. */
const upcasters: Upcasters = {
  1: ({ who, ...rest }) => ({ ...rest, name: who }),
  2: (payload) => Object.assign(payload, { floor: 0 }),
};

@Task<Visit>({ name: 'visit', queue: 'visits', version: 3, upcasters, key: ({ name }) => `visit-${name}` })
class Visit {
  @IsString() name!: string;
  @IsInt() floor!: number;
}

const read = (payload: unknown, payloadVersion: number) => decodePayload(Visit, { payload, payloadVersion });

describe('a payload of an older version', () => {
  it.each([
    [1, { who: 'Ada' }],
    [2, { name: 'Ada' }],
    [3, { name: 'Ada', floor: 0 }],
  ])('is read as one of the current version: %i', (version, payload) => {
    const visit = read(payload, version);
    expect(visit).toBeInstanceOf(Visit);
    expect(visit).toEqual({ name: 'Ada', floor: 0 });
  });

  it('is the same for whoever reads it next, also when an upcaster changes what it is given', () => {
    const stored = Object.freeze({ name: 'Ada' });
    expect(read(stored, 2)).toEqual(read(stored, 2));
  });

  it('is checked as it is after the last upcaster', () => {
    expect(() => read({ who: 7 }, 1)).toThrow(
      'visit: the payload, of version 1, cannot be read: name is 7, expected: name must be a string',
    );
  });

  it('has no field that the next version does not know', () => {
    expect(() => read({ name: 'Ada', floor: 1, who: 'Ada' }, 3)).toThrow('property who should not exist');
  });
});

describe('a payload that cannot be read', () => {
  it('is of a newer version than this build knows', () => {
    expect(() => read({ name: 'Ada', floor: 0, door: 1 }, 4)).toThrow(NewerPayloadError);
    expect(() => read({}, 4)).toThrow('visit: the payload is of version 4; this build reads up to 3');
  });

  it.each([0, -1])('is of a version that never was: %i', (version) => {
    expect(() => read({ name: 'Ada', floor: 0 }, version)).toThrow(`(version) is ${version}, expected: 1 to 3`);
  });

  const failing = (upcaster: () => unknown) => {
    @Task<Doomed>({ name: 'doomed', queue: 'visits', version: 2, upcasters: { 1: upcaster as never }, key: () => 'x' })
    class Doomed {}
    return () => decodePayload(Doomed, { payload: {}, payloadVersion: 1 });
  };

  it('is one that its upcaster throws at', () => {
    const thrown = failing(() => {
      throw new Error('no postgres://me:secret@host here');
    });
    expect(thrown).toThrow(UnreadablePayloadError);
    expect(thrown).toThrow(/by the upcaster from version 1\) is 'Error: no postgres:\/\/me:\*\*\*@host here'/);
  });

  it.each([
    ['a promise', () => Promise.resolve({} as StoredPayload)],
    ['nothing', () => undefined],
    ['a list', () => []],
  ])('is one of which its upcaster makes %s', (_, upcaster) => {
    expect(failing(upcaster)).toThrow('expected: one of version 2');
  });

  it('is one that the class itself throws at', () => {
    @Task<Strict>({ name: 'strict', queue: 'visits', key: () => 'x' })
    class Strict {
      @Transform(({ value }) => (value as string).trim())
      @IsString()
      name!: string;
    }
    const reading = () => decodePayload(Strict, { payload: { name: 7 }, payloadVersion: 1 });
    expect(reading).toThrow(UnreadablePayloadError);
    expect(reading).toThrow(/value.trim is not a function.*expected: a Strict/);
  });
});

describe('a task class is refused when it is loaded', () => {
  const same = (payload: StoredPayload) => payload;
  it.each([
    [{ version: 3, upcasters: { 2: same } }, '@Task odd: version 3 has no upcaster from 1'],
    [{ version: 3 }, '@Task odd: version 3 has no upcaster from 1, 2'],
    [{ upcasters: { 1: same } }, '@Task odd: there is an upcaster from 1, but its version is 1'],
    [{ version: 2, upcasters: { 0: same, 1: same } }, '@Task odd: there is an upcaster from 0, but its version is 2'],
    [{ version: 0 }, '@Task odd: version is 0, expected a whole number from 1'],
    [{ version: 1.5 }, '@Task odd: version is 1.5, expected a whole number from 1'],
  ])('%j', (options, message) => {
    class Odd {}
    expect(() => Task({ name: 'odd', queue: 'visits', key: () => 'odd', ...options })(Odd)).toThrow(message);
  });
});
