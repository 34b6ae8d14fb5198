import { applyDecorators } from '@nestjs/common';
import { Transform } from 'class-transformer';
import { ValidateBy, type ValidationOptions } from 'class-validator';
import { Temporal } from 'temporal-polyfill';
import { instantAt } from './instant-at';
import { instantText } from './instant-text';
import { remembering } from './remembering';

const ISO_WITH_OFFSET = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d([.,]\d{1,9})?)?(Z|[+-]\d\d(:?\d\d)?)$/i;
const WHOLE_MS_IN_UTC = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,3})?Z$/;
const EARLIEST = Temporal.Instant.from('1970-01-01T00:00:00Z');
const BEYOND = Temporal.Instant.from('2201-01-01T00:00:00Z');

/**
 * A point in time: an ISO 8601 string with an offset on the wire, a `Temporal.Instant` in the class. A string
 * without an offset is refused, for it names no instant; so are years outside 1970 to 2200 (a unit mistaken, or a
 * timer that would never fire).
 */
export function IsInstant(options?: ValidationOptions): PropertyDecorator {
  return applyDecorators(
    Transform(({ value }: { value: unknown }) => toInstant(value), { toClassOnly: true }),
    Transform(({ value }: { value: unknown }) => (value instanceof Temporal.Instant ? instantText(value) : value), {
      toPlainOnly: true,
    }),
    ValidateBy({ name: 'isInstant', validator: { validate: isUsable, defaultMessage } }, options),
  );
}

/** What is refused stays as it is, so that the violation shows what was sent. */
function toInstant(value: unknown): unknown {
  if (typeof value !== 'string' || !ISO_WITH_OFFSET.test(value)) return value;
  try {
    const instant = parseInstant(value);
    return isUsable(instant) ? instant : value;
  } catch {
    return value;
  }
}

/** `Date` reads the usual forms in a fraction of the time, but takes 30 February for 2 March. */
const parseInstant = remembering((text: string): Temporal.Instant => {
  if (!WHOLE_MS_IN_UTC.test(text)) return Temporal.Instant.from(text);
  const date = new Date(text);
  const isAsWritten = !Number.isNaN(date.getTime()) && date.toISOString().startsWith(text.slice(0, -1));
  return isAsWritten ? instantAt(date.getTime()) : Temporal.Instant.from(text);
});

function isUsable(value: unknown): boolean {
  return (
    value instanceof Temporal.Instant &&
    Temporal.Instant.compare(value, EARLIEST) >= 0 &&
    Temporal.Instant.compare(value, BEYOND) < 0
  );
}

function defaultMessage(): string {
  return '$property must be an ISO 8601 date and time with an offset, in the years 1970 to 2200, such as 2026-01-31T00:00:00Z';
}
