import { errorLine } from '@budget-buddy/platform';
import { NewerPayloadError } from './newer-payload-error';
import type { PayloadViolation } from './payload-violation';
import type { TaskDefinition } from './task';
import type { StoredPayload } from './task-payload';
import { UnreadablePayloadError } from './unreadable-payload-error';

/** What the ledger has of a task's payload, perhaps for months. */
export interface VersionedPayload {
  readonly payload: unknown;
  readonly payloadVersion: number;
}

/** What is to be known of a task's versions. */
export type PayloadVersions = Pick<TaskDefinition, 'name' | 'version' | 'upcasters'>;

/**
 * Brings a stored payload to the current version, one version at a time. Whether the class accepts it is not asked.
 * @throws NewerPayloadError, UnreadablePayloadError
 */
export function upcastPayload(
  { name, version: current, upcasters }: PayloadVersions,
  { payload, payloadVersion: storedVersion }: VersionedPayload,
): StoredPayload {
  const unreadable = (violation: PayloadViolation) => new UnreadablePayloadError(name, storedVersion, [violation]);
  if (storedVersion > current) throw new NewerPayloadError(name, storedVersion, current);
  if (storedVersion < 1) throw unreadable({ field: '(version)', value: storedVersion, expected: `1 to ${current}` });
  if (!isObject(payload)) throw unreadable({ field: '(payload)', value: payload, expected: 'a JSON object' });
  if (storedVersion === current) return payload;

  let upcast = structuredClone(payload);
  for (let version = storedVersion; version < current; version++) {
    const field = `(payload, by the upcaster from version ${version})`;
    const expected = `one of version ${version + 1}`;
    try {
      upcast = upcasters[version]!(upcast);
    } catch (error) {
      throw unreadable({ field, value: errorLine(error), expected });
    }
    if (!isObject(upcast)) throw unreadable({ field, value: upcast, expected });
  }
  return upcast;
}

function isObject(value: unknown): value is StoredPayload {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Promise);
}
