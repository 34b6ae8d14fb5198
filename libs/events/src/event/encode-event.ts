import { instantText } from '@budget-buddy/platform';
import { Temporal } from 'temporal-polyfill';
import { type EventClass, eventMetadata } from './domain-event';
import { decodeEvent } from './decode-event';
import { toWireKey } from './wire-keys';

/** A value that JSON would lose or change (NaN, a function, a bigint …) is in an event to be published. */
export class UnencodableEventError extends Error {
  override readonly name = 'UnencodableEventError';

  constructor(
    readonly event: string,
    readonly path: string,
    readonly value: unknown,
  ) {
    super(`${event} cannot be published: ${path} is ${String(value)}, expected a value that JSON can hold`);
  }
}

/**
 * Writes an event as the wire has it: the inverse of `decodeEvent`. Instants become ISO 8601 in UTC (`…Z`), fields
 * that are undefined are left out. What is written is read back once, so that no consumer can get what this system
 * itself would refuse.
 * @throws UnencodableEventError, InvalidEventError, NotADomainEventError: mistakes of the caller.
 */
export function encodeEvent(event: object): Record<string, unknown> {
  const eventClass = event.constructor as EventClass;
  const { name } = eventMetadata(eventClass);
  const wire = encodeFields(event, (path, value) => new UnencodableEventError(name, path, value), '');
  decodeEvent(eventClass, wire);
  return wire;
}

type Failure = (path: string, value: unknown) => Error;

function encodeFields(value: object, failure: Failure, parent: string): Record<string, unknown> {
  const wire: Record<string, unknown> = {};
  for (const [property, item] of Object.entries(value)) {
    if (item === undefined) continue;
    const key = toWireKey(property);
    wire[key] = encodeValue(item, failure, parent === '' ? key : `${parent}.${key}`);
  }
  return wire;
}

function encodeValue(value: unknown, failure: Failure, path: string): unknown {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return value;
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  if (Array.isArray(value)) return value.map((item, index) => encodeValue(item, failure, `${path}[${index}]`));
  if (value instanceof Temporal.Instant) return instantText(value);
  if (typeof value === 'object' && !ArrayBuffer.isView(value)) return encodeFields(value, failure, path);
  throw failure(path, value);
}
