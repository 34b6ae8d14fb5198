import { Temporal } from 'temporal-polyfill';

/** Turns a variable's text into its value, or throws an Error whose message says what was expected. */
export type Parse = (text: string) => unknown;

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

/** A duration as ISO 8601 writes it (`PT30S`, `P1D`), not negative. */
export function parseDuration(text: string): Temporal.Duration {
  const expected = 'an ISO 8601 duration that is not negative, e.g. PT30S, PT5M or P1D';
  let duration: Temporal.Duration;
  try {
    duration = Temporal.Duration.from(text);
  } catch {
    throw new Error(expected);
  }
  if (duration.sign < 0) throw new Error(expected);
  return duration;
}

/** A comma-separated list; white space around the items is dropped. */
export function parseList(text: string): string[] {
  return text
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');
}

/** The parser for a property's type as the compiler emits it. */
export function parserFor(type: unknown, what: string): Parse {
  // A union of literals is String to tsc and Object to SWC.
  if (type === String || type === Object) return (text) => text;
  if (type === Number) return parseNumber;
  if (type === Boolean) return parseBoolean;
  if (type === Temporal.Duration) return parseDuration;
  throw new Error(`@Variable ${what}: no parser for this type, give one as "parse"`);
}
