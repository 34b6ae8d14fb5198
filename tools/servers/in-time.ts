import { setTimeout as sleep } from 'node:timers/promises';

/** How long a server may take for all of its answer, in ms, whatever the client libraries make of a lost connection. */
const DEADLINE_MS = 10_000;

/** @throws Error when the answer takes too long. */
export async function inTime<T>(answer: Promise<T>): Promise<T> {
  const given = new AbortController();
  const late = sleep(DEADLINE_MS, undefined, { signal: given.signal }).then(() => {
    throw new Error(`no answer in ${DEADLINE_MS} ms`);
  });
  try {
    return await Promise.race([answer, late]);
  } finally {
    given.abort();
  }
}
