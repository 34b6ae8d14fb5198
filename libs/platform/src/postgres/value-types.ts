import pg from 'pg';
import { Temporal } from 'temporal-polyfill';
import { instantAt } from '../instant-at';
import { instantTextInMicroseconds } from '../instant-text';

/*
 * The one way times and whole numbers go in and out of PostgreSQL:
 *
 *   timestamptz  <->  Temporal.Instant        (to the microsecond; finer parts of a parameter are cut off)
 *   date         <->  Temporal.PlainDate
 *   bigint        ->  number, or an error beyond 2^53 - 1
 *
 * Parameters may be Temporal values wherever a query takes one. numeric stays a string.
 */

type Parser = (text: string) => unknown;

const { builtins } = pg.types;
const TIMESTAMPTZ_ARRAY = 1185;
const INT8_ARRAY = 1016;
const TEXT_ARRAY: number = 1009;

const readTexts = pg.types.getTypeParser(TEXT_ARRAY) as Parser;

/** As PostgreSQL writes what this system's clock told it: the sessions are in UTC, the clock tells milliseconds. */
const WHOLE_MS_IN_UTC = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d{1,3})?\+00$/;

const parsers = new Map<number, Parser>([
  [builtins.TIMESTAMPTZ, parseInstant],
  [builtins.DATE, (text) => Temporal.PlainDate.from(text)],
  [builtins.INT8, parseSafeInteger],
  [TIMESTAMPTZ_ARRAY, arrayOf(parseInstant)],
  [INT8_ARRAY, arrayOf(parseSafeInteger)],
]);

/** For node-postgres' `types`: this system's parsers first, the driver's own for all other types. */
export const valueTypes: pg.CustomTypesConfig = {
  getTypeParser: (oid: number, format?: 'text' | 'binary'): Parser => {
    const own = format === 'binary' ? undefined : parsers.get(oid);
    return own ?? (pg.types.getTypeParser(oid, format) as Parser);
  },
};

/** A parameter as node-postgres can send it. Everything but Temporal values is passed on as it is. */
export function toParameter(value: unknown): unknown {
  if (value instanceof Temporal.Instant) return timestamp(value);
  if (value instanceof Temporal.PlainDate) return value.toString();
  return Array.isArray(value) ? value.map(toParameter) : value;
}

/** An instant as PostgreSQL reads it, as a parameter or in JSON. Finer parts than microseconds are cut off. */
export function timestamp(instant: Temporal.Instant): string {
  return instantTextInMicroseconds(instant);
}

/**
 * A `timestamptz` as PostgreSQL writes it in UTC, in ms since 1970; undefined where it has finer parts, or is no instant.
 * `Date` reads it in a fraction of the time that temporal-polyfill takes.
 */
export function wholeMsOf(text: string): number | undefined {
  if (!WHOLE_MS_IN_UTC.test(text)) return undefined;
  return Date.parse(`${text.slice(0, 10)}T${text.slice(11, -3)}Z`);
}

function parseInstant(text: string): Temporal.Instant {
  const ms = wholeMsOf(text);
  return ms === undefined ? Temporal.Instant.from(text) : instantAt(ms);
}

function parseSafeInteger(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value)) throw new RangeError(`bigint ${text} does not fit into a number: cast it to text`);
  return value;
}

function arrayOf(parse: Parser): Parser {
  return (text) => {
    const items = readTexts(text) as (string | null)[];
    return items.map((item) => (item === null ? null : parse(item)));
  };
}
