import type { Type } from '@nestjs/common';
import { instanceToPlain, plainToInstance } from 'class-transformer';
import { validateSync, type ValidationError } from 'class-validator';
import { InvalidTaskPayloadError, type PayloadViolation } from './invalid-task-payload-error';
import { definitionOf } from './task';

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
  assertValid(definitionOf(type).name, instance);
  const stored = instanceToPlain(instance) as StoredPayload;
  const bytes = Buffer.byteLength(JSON.stringify(stored));
  if (bytes > maxBytes) {
    throw new InvalidTaskPayloadError(definitionOf(type).name, [
      { field: '(payload)', value: `${bytes} bytes`, expected: `at most ${maxBytes} bytes as JSON` },
    ]);
  }
  return stored;
}

function asInstance(type: Type<object>, payload: object): object {
  const instance = Object.create(type.prototype as object) as object;
  return Object.assign(instance, payload);
}

/**
 * Reads a payload that the ledger kept, perhaps for months.
 * @throws InvalidTaskPayloadError when this build's class does not accept it.
 */
export function decodePayload<Payload extends object>(type: Type<Payload>, stored: unknown): Payload {
  const { name } = definitionOf(type);
  if (typeof stored !== 'object' || stored === null || Array.isArray(stored)) {
    throw new InvalidTaskPayloadError(name, [{ field: '(payload)', value: stored, expected: 'a JSON object' }]);
  }
  const instance = plainToInstance(type, stored);
  assertValid(name, instance);
  return instance;
}

function assertValid(task: string, instance: object): void {
  const errors = validateSync(instance, { whitelist: true, forbidNonWhitelisted: true, forbidUnknownValues: true });
  if (errors.length > 0)
    throw new InvalidTaskPayloadError(
      task,
      errors.flatMap((error) => violations(error)),
    );
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
