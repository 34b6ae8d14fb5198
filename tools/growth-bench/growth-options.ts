import { parseArgs } from 'node:util';

/** What `npm run bench:growth` was asked to do. */
export interface GrowthOptions {
  /** So many open tasks, one after the other. */
  readonly sizes: readonly number[];
  /** Only these of {@link ROWS}. */
  readonly only: readonly string[];
  /** Small numbers, to see that it works. */
  readonly quick: boolean;
  /** Everything is measured, with numbers that tell something. */
  readonly complete: boolean;
}

/** What there is to measure. */
const ROWS: readonly string[] = ['sizes', 'workers', 'schedulers'];
const FULL_SIZES = '10000,100000,1000000';
const QUICK_SIZES = '3000';

/** @throws Error that names the value and what was expected. */
export function readGrowthOptions(words: readonly string[]): GrowthOptions {
  const flag = { type: 'boolean', default: false } as const;
  const { values } = parseArgs({
    args: [...words],
    options: { sizes: { type: 'string' }, only: { type: 'string' }, quick: flag },
  });
  const { quick } = values;
  const only = values.only?.split(',').map((row) => row.trim()) ?? ROWS;
  const unknown = only.find((row) => !ROWS.includes(row));
  if (unknown !== undefined)
    throw new Error(`--only has ${JSON.stringify(unknown)}, expected some of ${ROWS.join(',')}`);
  const text = values.sizes ?? (quick ? QUICK_SIZES : FULL_SIZES);
  const sizes = text.split(',').map(readSize);
  return {
    sizes: sizes.sort((one, other) => one - other),
    only,
    quick,
    complete: !quick && values.only === undefined,
  };
}

function readSize(text: string): number {
  if (!/^[1-9]\d{0,7}$/.test(text.trim())) {
    throw new Error(
      `--sizes has ${JSON.stringify(text)}, expected whole numbers from 1 to 99999999 with commas between`,
    );
  }
  return Number(text);
}
