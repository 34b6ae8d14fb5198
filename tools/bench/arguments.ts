import { parseArgs } from 'node:util';
import { UsageError } from '../usage-error';

/** What `npm run bench` was asked to do. */
export interface BenchArguments {
  /** Small numbers, to see that it works. */
  readonly quick: boolean;
  /** Only these rows. */
  readonly only?: readonly string[];
  readonly rounds?: number;
  /** Write CPU profiles of this system's apps, and tell what takes their time. */
  readonly profile: boolean;
  /** A file for every single measurement, to be looked at by other programs. */
  readonly json?: string;
}

/** @param rowIds the rows there are. @throws UsageError */
export function readArguments(words: readonly string[], rowIds: readonly string[]): BenchArguments {
  const { quick, only, rounds, profile, json } = parse(words);
  const rows = only?.split(',').map((row) => row.trim());
  const unknown = rows?.find((row) => !rowIds.includes(row));
  if (unknown !== undefined) throw new UsageError(`--only ${unknown}: expected some of ${rowIds.join(',')}`);
  if (rounds !== undefined && !/^[1-9]\d{0,2}$/.test(rounds)) {
    throw new UsageError(`--rounds ${rounds}: expected a whole number from 1 to 999`);
  }
  return { quick, only: rows, rounds: rounds === undefined ? undefined : Number(rounds), profile, json };
}

function parse(words: readonly string[]) {
  const flag = { type: 'boolean', default: false } as const;
  const text = { type: 'string' } as const;
  try {
    const options = {
      quick: flag,
      only: text,
      rounds: text,
      profile: flag,
      json: text,
    } as const;
    return parseArgs({ args: [...words], options }).values;
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}
