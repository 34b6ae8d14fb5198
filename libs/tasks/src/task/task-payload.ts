import type { Type } from '@nestjs/common';
import { instanceToPlain, plainToInstance } from 'class-transformer';
import { validateSync, type ValidationError } from 'class-validator';
import { errorLine, validInstance, validPlain } from '@budget-buddy/platform';
import { InvalidTaskPayloadError } from './invalid-task-payload-error';
import type { PayloadViolation } from './payload-violation';
import { definitionOf } from './task';
import { UnreadablePayloadError } from './unreadable-payload-error';
import { upcastPayload, type VersionedPayload } from './upcast-payload';

/** The fields of a task class, as a caller writes them. */
export type PayloadOf<Payload> = { [Field in keyof Payload]: Payload[Field] };

/** What a payload is in the ledger. */
export type StoredPayload = Record<string, unknown>;

/**
 * Checks a payload on its way out and makes it what the ledger stores.
 * @param maxBytes how long its JSON may be, in bytes of UTF-8.
 * @throws InvalidTaskPayloadError
 */
export function encodePayload<Payload extends object>(
  type: Type<Payload>,
  payload: PayloadOf<Payload>,
  maxBytes: number,
): StoredPayload {
  const instance = payload instanceof type ? payload : asInstance(type, payload);
  const stored = validPlain(type, instance) ?? checkedPlain(type, instance);
  const bytes = Buffer.byteLength(JSON.stringify(stored));
  if (bytes > maxBytes) {
    throw new InvalidTaskPayloadError(definitionOf(type).name, [
      { field: '(payload)', value: `${bytes} bytes`, expected: `at most ${maxBytes} bytes as JSON` },
    ]);
  }
  return stored;
}

/** For what is not surely valid: the libraries know what is wrong with it, if anything. */
function checkedPlain(type: Type<object>, instance: object): StoredPayload {
  const wrong = violationsOf(instance);
  if (wrong.length > 0) throw new InvalidTaskPayloadError(definitionOf(type).name, wrong);
  return instanceToPlain(instance) as StoredPayload;
}

function asInstance(type: Type<object>, payload: object): object {
  const instance = Object.create(type.prototype as object) as object;
  return Object.assign(instance, payload);
}

/**
 * Reads a payload that the ledger kept, perhaps for months: brings it to the current version, and checks it.
 * @throws UnreadableTaskError when this build cannot read it.
 */
export function decodePayload<Payload extends object>(type: Type<Payload>, stored: VersionedPayload): Payload {
  const payload = upcastPayload(definitionOf(type), stored);
  return validInstance(type, payload, 'invalid') ?? checkedInstance(type, payload, stored.payloadVersion);
}

function checkedInstance<Payload extends object>(type: Type<Payload>, payload: object, version: number): Payload {
  const { name } = definitionOf(type);
  const unreadable = (violations: PayloadViolation[]) => new UnreadablePayloadError(name, version, violations);
  try {
    const instance = plainToInstance(type, payload);
    const wrong = violationsOf(instance);
    if (wrong.length === 0) return instance;
    throw unreadable(wrong);
  } catch (error) {
    if (error instanceof UnreadablePayloadError) throw error;
    // A transformer or a validator of the class threw: it did not expect what somebody wrote there.
    throw unreadable([{ field: '(payload)', value: errorLine(error), expected: `a ${type.name}` }]);
  }
}

function violationsOf(instance: object): PayloadViolation[] {
  const errors = validateSync(instance, { whitelist: true, forbidNonWhitelisted: true, forbidUnknownValues: true });
  return errors.flatMap((error) => violations(error));
}

function violations(error: ValidationError, parent = ''): PayloadViolation[] {
  const field = parent + error.property;
  const own = Object.values(error.constraints ?? {}).map((expected) => ({
    field,
    value: error.value as unknown,
    expected,
  }));
  return [...own, ...(error.children ?? []).flatMap((child) => violations(child, `${field}.`))];
}
