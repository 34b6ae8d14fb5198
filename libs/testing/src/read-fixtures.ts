import { isDeepStrictEqual } from 'node:util';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Type } from '@nestjs/common';
import { decodePayload, definitionOf, encodePayload } from '@budget-buddy/tasks';

/**
 * Reads the payloads that are kept of a task, one of each version it ever had, as if they had waited in the ledger:
 * `<folder>/<task's name>/<version>.json`. A fixture is never changed: it is what older builds wrote.
 * @returns them as this build's class has them, the oldest first.
 * @throws Error when a version has none, or its class does not write what the newest one says.
 * @throws UnreadableTaskError when one cannot be read.
 */
export function readFixtures<Payload extends object>(task: Type<Payload>, folder: string): Payload[] {
  const { name, version: current } = definitionOf(task);
  const own = join(folder, name);
  const versions = Array.from({ length: current }, (_, index) => index + 1);
  const found = readdirSync(own).sort();
  const expected = versions.map((version) => `${version}.json`).sort();
  if (!isDeepStrictEqual(found, expected)) {
    throw new Error(
      `${own} has ${found.join(', ') || 'nothing'}, expected a payload of each version: ${expected.join(', ')}`,
    );
  }
  const payloads = versions.map((version) => JSON.parse(readFileSync(join(own, `${version}.json`), 'utf8')) as unknown);
  const read = payloads.map((payload, index) => decodePayload(task, { payload, payloadVersion: index + 1 }));
  assertWritten(task, read.at(-1)!, payloads.at(-1));
  return read;
}

function assertWritten<Payload extends object>(task: Type<Payload>, payload: Payload, fixture: unknown): void {
  const { name, version } = definitionOf(task);
  const written = encodePayload(task, payload, Number.MAX_SAFE_INTEGER);
  if (isDeepStrictEqual(written, fixture)) return;
  throw new Error(
    `${name} writes ${JSON.stringify(written)}, expected what its fixture of version ${version} says: ${JSON.stringify(fixture)}`,
  );
}
