import { setTimeout as sleep } from 'node:timers/promises';
import { spreadOf } from './spread';

const LOOKS = 5;

/** In MB. The middle one of several looks, for memory comes and goes. @param look gives bytes. */
export async function settledMemory(look: () => number, lookEveryMs: number): Promise<number> {
  const looks: number[] = [];
  while (looks.length < LOOKS) {
    await sleep(lookEveryMs);
    looks.push(look() / 1e6);
  }
  return spreadOf(looks).median;
}
