import { setTimeout as sleep } from 'node:timers/promises';
import { spreadOf } from './spread';

const LOOKS = 5;
const LOOK_EVERY_MS = 400;

/** In MB. The middle one of several looks, for memory comes and goes. @param look gives bytes. */
export async function settledMemory(look: () => number): Promise<number> {
  const looks: number[] = [];
  while (looks.length < LOOKS) {
    await sleep(LOOK_EVERY_MS);
    looks.push(look() / 1e6);
  }
  return spreadOf(looks).median;
}
