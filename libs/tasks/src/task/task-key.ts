import type { Type } from '@nestjs/common';
import { nameBasedUuids } from './name-based-uuid';
import { definitionOf } from './task';
import type { PayloadOf } from './task-payload';

/** Letters, digits, `-`, `_` and `.`: a key is part of a Redis key, a Bull job id and a URL. */
const KEY = /^[A-Za-z0-9][A-Za-z0-9._-]{0,199}$/;

/** In the namespace of every id that follows from a task's key, which never changes: ids already published were made in it. */
const uuidOf = nameBasedUuids('f1a1c1d5-3a52-5a0e-9d0c-6b0f5b7d2c11');

/** Whether it could be a task's key: no other is in the ledger, or could be asked for there. */
export function isKey(key: unknown): key is string {
  return typeof key === 'string' && KEY.test(key);
}

/**
 * The business key of a payload.
 * @throws TypeError when the task's `key` makes one that cannot be used.
 */
export function keyOf<Payload extends object>(type: Type<Payload>, payload: PayloadOf<Payload>): string {
  const definition = definitionOf(type);
  const key = definition.key(payload);
  if (!isKey(key)) {
    throw new TypeError(
      `${definition.name}: key ${JSON.stringify(key)} cannot be used, expected 1 to 200 of A-Z a-z 0-9 . _ -`,
    );
  }
  return key;
}

/**
 * An id that follows from a task, the same however often the task runs: UUIDv5 (RFC 9562, 5.5) of the task's key.
 * @param what what the id names, e.g. `budget` or the event's name.
 */
export function taskUuid(key: string, what: string): string {
  return uuidOf(`${key}/${what}`);
}
