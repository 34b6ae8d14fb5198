import { validInstance } from '@budget-buddy/platform';
import { plainToInstance } from 'class-transformer';
import { type ValidationError, validateSync } from 'class-validator';
import { Temporal } from 'temporal-polyfill';
import { type EventClass, eventMetadata } from './domain-event';
import { type EventViolation, InvalidEventError, shown } from './invalid-event-error';
import { readJson, unreadable, UnreadableBodyError } from './read-json';
import { toPropertyName, toWireKey } from './wire-keys';

/** No event nests deeper; a limit keeps a hostile one from exhausting the stack. */
const MAX_DEPTH = 16;
/** Nor does it hold more; a list of 80,000 nothings, each with all that is wrong with it, would take seconds to refuse. */
const MAX_VALUES = 5_000;

/**
 * Reads an event off the wire: snake_case JSON to a checked instance with camelCase properties, nested ones too.
 * Types are never converted (`"1"` is no number), unknown fields are dropped.
 * @param body the message's bytes, or what they are as parsed JSON.
 * @throws InvalidEventError whatever is wrong with the body; nothing else.
 * @throws NotADomainEventError when the class is not decorated.
 */
export function decodeEvent<T extends object>(eventClass: EventClass<T>, body: unknown): T {
  const { name } = eventMetadata(eventClass);
  const properties = readable(name, body, () => readProperties(body));
  return validInstance(eventClass, properties, 'dropped') ?? checked(eventClass, name, properties, body);
}

/** For what is not surely valid: the libraries know what is wrong with it, if anything. */
function checked<T extends object>(eventClass: EventClass<T>, name: string, properties: object, body: unknown): T {
  const event = readable(name, body, () => plainToInstance(eventClass, properties));
  const errors = validateSync(event, { whitelist: true, validationError: { target: false } });
  if (errors.length > 0) {
    throw new InvalidEventError(
      name,
      errors.flatMap((error) => violationsOf(error, '')),
    );
  }
  return event;
}

function readable<Result>(name: string, body: unknown, read: () => Result): Result {
  try {
    return read();
  } catch (error) {
    // class-transformer may meet shapes its authors did not think of; they are the sender's fault all the same.
    const violation =
      error instanceof UnreadableBodyError
        ? error.violation
        : { path: '', value: shown(body instanceof Uint8Array ? undefined : body), expected: `a readable ${name}` };
    throw new InvalidEventError(name, [violation]);
  }
}

function readProperties(body: unknown): object {
  const wire = body instanceof Uint8Array ? readJson(body) : body;
  if (typeof wire !== 'object' || wire === null || Array.isArray(wire)) {
    throw unreadable(shown(wire), 'a JSON object');
  }
  return toProperties(wire, 1, { values: 0 }) as object;
}

function toProperties(value: unknown, depth: number, seen: { values: number }): unknown {
  if (++seen.values > MAX_VALUES) throw unreadable(`more than ${MAX_VALUES} values`, 'a flat object');
  if (typeof value !== 'object' || value === null) return value;
  if (depth > MAX_DEPTH) throw unreadable(`nested deeper than ${MAX_DEPTH}`, 'a flat object');
  if (Array.isArray(value)) return value.map((item) => toProperties(item, depth + 1, seen));
  const properties: Record<string, unknown> = {};
  for (const [key, item] of Object.entries(value)) {
    const name = toPropertyName(key);
    const property = toProperties(item, depth + 1, seen);
    if (name !== undefined) properties[name] = property;
  }
  return properties;
}

function violationsOf(error: ValidationError, parent: string): EventViolation[] {
  const path = pathOf(error.property, parent);
  const nested = (error.children ?? []).flatMap((child) => violationsOf(child, path));
  const messages = Object.values(error.constraints ?? {});
  if (messages.length === 0) return nested;
  const expected = messages.map((message) => asExpectation(message, error.property)).join(' and ');
  return [{ path, value: shown(wireShape(error.value)), expected }, ...nested];
}

function pathOf(property: string, parent: string): string {
  if (/^\d+$/.test(property)) return `${parent}[${property}]`;
  return parent === '' ? toWireKey(property) : `${parent}.${toWireKey(property)}`;
}

/** class-validator says `totalLimit must be an integer number`; after "expected" it reads better without the name. */
function asExpectation(message: string, property: string): string {
  for (const start of [`${property} must `, `each value in ${property} must `]) {
    if (message.startsWith(start))
      return `it ${start.startsWith('each') ? '(each value) ' : ''}to ${message.slice(start.length)}`;
  }
  return message;
}

/** What the sender wrote, not what it was made into. */
function wireShape(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(wireShape);
  if (typeof value !== 'object' || value === null || value instanceof Temporal.Instant) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [toWireKey(key), wireShape(item)]));
}
