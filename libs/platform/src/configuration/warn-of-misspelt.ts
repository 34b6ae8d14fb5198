import { Logger } from '@nestjs/common';
import type { Environment } from './load-configuration';

const PREFIX = 'BUDGETBUDDY_';
const FURTHEST_MISSPELLING = 3;

/**
 * A variable nobody reads has no effect, which is hard to see. Warns of those that look like a known one that is not
 * set; others are left alone, for the apps may share one environment without sharing all variables.
 */
export function warnOfMisspelt(known: readonly string[], env: Environment = process.env): void {
  for (const { unknown, meant } of findMisspelt(known, env)) {
    new Logger('Configuration').warn(`${unknown} is not a variable of this app and has no effect. ${meant} was meant?`);
  }
}

/** The variables of this system's prefix that are near to a known one that is not set. */
export function findMisspelt(known: readonly string[], env: Environment): { unknown: string; meant: string }[] {
  const unset = known.filter((name) => env[name] === undefined);
  return Object.keys(env)
    .filter((name) => name.startsWith(PREFIX) && !known.includes(name))
    .flatMap((unknown) => {
      const [nearest] = unset
        .map((meant) => ({ unknown, meant, distance: distance(unknown, meant) }))
        .sort((a, b) => a.distance - b.distance);
      return nearest && nearest.distance <= FURTHEST_MISSPELLING ? [{ unknown, meant: nearest.meant }] : [];
    });
}

/** Levenshtein's: the fewest letters to add, drop or change. */
function distance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (const [i, letter] of [...from].entries()) {
    const next = [i + 1];
    for (const [j, other] of [...to].entries()) {
      const changed = (row[j] ?? 0) + (letter === other ? 0 : 1);
      next.push(Math.min(changed, (row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1));
    }
    row = next;
  }
  return row[to.length] ?? 0;
}
