import { IsInt, IsUUID } from 'class-validator';
import { describe, expect, it } from 'vitest';
import { Task } from './task';
import { keyOf, taskUuid } from './task-key';
import { decodePayload, encodePayload } from './task-payload';
import { UnreadablePayloadError } from './unreadable-payload-error';

@Task<Remind>({ name: 'remind', queue: 'reminders', key: ({ userId, day }) => `remind-${userId}-${day}` })
class Remind {
  @IsUUID() userId!: string;
  @IsInt() day!: number;
}

const payload = { userId: '8c2b54a0-59fa-4d0c-a6d4-2f2f5ea36c67', day: 3 };

describe('a task payload', () => {
  it('comes back from the ledger as an instance of its class', () => {
    const stored: unknown = JSON.parse(JSON.stringify(encodePayload(Remind, payload, 1000)));
    const decoded = decodePayload(Remind, { payload: stored, payloadVersion: 1 });
    expect(decoded).toBeInstanceOf(Remind);
    expect(decoded).toEqual(payload);
  });

  it('is refused with the field, its value and what was expected', () => {
    const wrong = { ...payload, day: 'third' as unknown as number };
    expect(() => encodePayload(Remind, wrong, 1000)).toThrow(
      "remind: invalid payload: day is 'third', expected: day must be an integer",
    );
  });

  it.each([[null], ['text'], [[]], [{ ...payload, extra: 1 }], [{ day: 3 }]])(
    'refuses %j out of the ledger',
    (stored) => {
      expect(() => decodePayload(Remind, { payload: stored, payloadVersion: 1 })).toThrow(UnreadablePayloadError);
    },
  );

  it('that cannot be read names its version, the field, its value and what was expected', () => {
    expect(() => decodePayload(Remind, { payload: { ...payload, day: 'third' }, payloadVersion: 1 })).toThrow(
      "remind: the payload, of version 1, cannot be read: day is 'third', expected: day must be an integer",
    );
  });

  it('is refused when it is too large', () => {
    expect(() => encodePayload(Remind, payload, 10)).toThrow(/expected: at most 10 bytes/);
  });
});

describe('a task key', () => {
  it('is made of the payload', () => {
    expect(keyOf(Remind, payload)).toBe(`remind-${payload.userId}-3`);
  });

  it('is refused when Redis, Bull or a URL could misread it', () => {
    expect(() => keyOf(Remind, { ...payload, userId: 'a:b' })).toThrow(/"remind-a:b-3"/);
  });

  it('gives the same ids each time, and others for other things', () => {
    expect(taskUuid('remind-1', 'letter')).toBe(taskUuid('remind-1', 'letter'));
    expect(taskUuid('remind-1', 'letter')).not.toBe(taskUuid('remind-1', 'event'));
    expect(taskUuid('renew-budget-1', 'budget')).toBe('adfe8f04-f0ec-5a05-bd9d-431ddefeda03');
  });
});
