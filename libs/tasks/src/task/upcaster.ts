import type { StoredPayload } from './task-payload';

/**
 * Makes a payload as one version wrote it one of the next version. A pure function from JSON to JSON: it reads no clock
 * and no database, for the same row must be read the same way each time. It may change what it is given, a copy.
 */
export type Upcaster = (payload: StoredPayload) => StoredPayload;

/** By the version they read: `1` makes a payload of version 1 one of version 2. */
export type Upcasters = Readonly<Record<number, Upcaster>>;

/** @throws TypeError unless there is one upcaster from each version before the current one, and none besides. */
export function assertUpcasters(task: string, version: number, upcasters: Upcasters): void {
  if (!Number.isInteger(version) || version < 1) {
    throw new TypeError(`@Task ${task}: version is ${version}, expected a whole number from 1`);
  }
  const expected = Array.from({ length: version - 1 }, (_, index) => String(index + 1));
  const missing = expected.filter((from) => typeof upcasters[Number(from)] !== 'function');
  if (missing.length > 0) {
    throw new TypeError(
      `@Task ${task}: version ${version} has no upcaster from ${missing.join(', ')}; rows of every older version may wait`,
    );
  }
  const others = Object.keys(upcasters).filter((from) => !expected.includes(from));
  if (others.length > 0) {
    throw new TypeError(`@Task ${task}: there is an upcaster from ${others.join(', ')}, but its version is ${version}`);
  }
}
