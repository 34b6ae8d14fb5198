import { isDeepStrictEqual } from 'node:util';
import { Skip } from '../task/skip';

/** How a task that ran has ended. */
export type TaskOutcome =
  { readonly status: 'succeeded'; readonly result: unknown } | { readonly status: 'skipped'; readonly reason: string };

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
  const copy = throughJson(value);
  if (!isDeepStrictEqual(copy, value)) {
    throw new UnserializableResultError(
      `the result does not survive JSON: it comes back as ${JSON.stringify(copy)?.slice(0, 200) ?? 'nothing'}; ` +
        'expected plain objects, arrays, strings, finite numbers, booleans and null',
    );
  }
  return value;
}

function throughJson(value: unknown): unknown {
  try {
    const text = JSON.stringify(value) as string | undefined;
    return text === undefined ? undefined : (JSON.parse(text) as unknown);
  } catch (error) {
    throw new UnserializableResultError(`the result cannot be written as JSON: ${(error as Error).message}`);
  }
}
