import { isDeepStrictEqual } from 'node:util';
import { Skip } from '../task/skip';

/** How a task that ran has ended. */
export type TaskOutcome =
  { readonly status: 'succeeded'; readonly result: unknown } | { readonly status: 'skipped'; readonly reason: string };

type Plain = Record<string, unknown>;

const SURE_TYPES = new Set(['string', 'boolean']);
/** Where nothing is surely a cycle. */
const MOST_DEPTH = 4;

/** A result that JSON cannot hold. The attempt fails, and says so, rather than storing something else. */
export class UnserializableResultError extends Error {
  override readonly name = 'UnserializableResultError';
}

/**
 * What a handler's return value means.
 * @throws UnserializableResultError when it would not come back from JSON as it was.
 */
export function outcomeOf(returned: unknown): TaskOutcome {
  if (returned instanceof Skip) return { status: 'skipped', reason: returned.reason };
  if (returned === undefined || returned === null) return { status: 'succeeded', result: null };
  return { status: 'succeeded', result: assertJson(returned) };
}

function assertJson(value: unknown): unknown {
  if (isSurelyJson(value, MOST_DEPTH)) return value;
  const copy = throughJson(value);
  if (!isDeepStrictEqual(copy, value)) {
    throw new UnserializableResultError(
      `the result does not survive JSON: it comes back as ${JSON.stringify(copy)?.slice(0, 200) ?? 'nothing'}; ` +
        'expected plain objects, arrays, strings, finite numbers, booleans and null',
    );
  }
  return value;
}

/** Whether a value would come back from JSON as it is: true only if that is certain. */
function isSurelyJson(value: unknown, depth: number): boolean {
  if (typeof value === 'number') return Number.isFinite(value) && !Object.is(value, -0);
  if (typeof value !== 'object' || value === null) return value === null || SURE_TYPES.has(typeof value);
  if (depth === 0 || Object.getPrototypeOf(value) !== Object.prototype) return false;
  if (Object.getOwnPropertySymbols(value).length > 0) return false;
  return Object.getOwnPropertyNames(value).every((name) => {
    return Object.prototype.propertyIsEnumerable.call(value, name) && isSurelyJson((value as Plain)[name], depth - 1);
  });
}

function throughJson(value: unknown): unknown {
  try {
    const text = JSON.stringify(value) as string | undefined;
    return text === undefined ? undefined : (JSON.parse(text) as unknown);
  } catch (error) {
    throw new UnserializableResultError(`the result cannot be written as JSON: ${(error as Error).message}`);
  }
}
