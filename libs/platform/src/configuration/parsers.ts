import { Temporal } from 'temporal-polyfill';

/** Turns a variable's text into its value, or throws an Error whose message says what it must be (`a number`). */
export type Parse = (text: string) => unknown;

/** The text as it is. */
export function parseText(text: string): string {
  return text;
}

/** A number in decimal notation. Whole or within limits is for class-validator to say. */
export function parseNumber(text: string): number {
  if (!/^[+-]?\d+(\.\d+)?$/.test(text)) throw new Error('a number');
  return Number(text);
}

/** `true` or `false`. */
export function parseBoolean(text: string): boolean {
  if (text !== 'true' && text !== 'false') throw new Error('true or false');
  return text === 'true';
}

const DURATION = 'an ISO 8601 duration without sign, years and months, such as PT30S, PT5M or P1D';

/**
 * A duration as ISO 8601 writes it: `PT30S`, `P1D`. Years and months are refused, for they have no fixed length; a
 * week is seven days, a day 24 hours, so that `total('milliseconds')` always works on the result.
 */
export function parseDuration(text: string): Temporal.Duration {
  const duration = durationFrom(text);
  if (!duration || duration.sign < 0 || duration.years !== 0 || duration.months !== 0) throw new Error(DURATION);
  return duration.with({ weeks: 0, days: duration.days + 7 * duration.weeks });
}

/**
 * The parser for a duration with limits, both included: `durationBetween('PT1S', 'PT1H')`. Nothing may wait for no time
 * at all over and over, nor longer than a timer of Node can count. Whole milliseconds, because Redis, RabbitMQ and
 * PostgreSQL take no others.
 */
export function durationBetween(least: string, most: string): (text: string) => Temporal.Duration {
  const [leastMs, mostMs] = [least, most].map((limit) => parseDuration(limit).total('milliseconds')) as [
    number,
    number,
  ];
  return (text) => {
    const duration = parseDuration(text);
    const ms = duration.total('milliseconds');
    if (ms < leastMs || ms > mostMs) throw new Error(`a duration from ${least} to ${most}`);
    if (!Number.isInteger(ms)) throw new Error(`a duration of whole milliseconds, such as ${least}`);
    return duration;
  };
}

function durationFrom(text: string): Temporal.Duration | undefined {
  try {
    return Temporal.Duration.from(text);
  } catch {
    return undefined;
  }
}

/** A comma-separated list; white space around the items is dropped. */
export function parseList(text: string): string[] {
  return text
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');
}

/**
 * The parser for a property's type as the compiler emits it.
 * @throws Error for types the compiler does not name at run time: unions (SWC), arrays, type-only imports; and for
 * durations, which must have limits.
 */
export function parserFor(type: unknown, what: string): Parse {
  if (type === String) return parseText;
  if (type === Number) return parseNumber;
  if (type === Boolean) return parseBoolean;
  if (type === Temporal.Duration) throw new Error(`@Variable ${what}: give a "parse: durationBetween(…)"`);
  throw new Error(`@Variable ${what}: the type is not known at run time, give a "parse" (parseText, parseList, …)`);
}
