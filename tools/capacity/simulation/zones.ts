import type { Wave } from './simulate';

const HOUR_MS = 3_600_000;
const HOURS = 24;

/** How the budgets are spread over time zones: midnight comes to each at its own hour. */
export interface Spread {
  readonly id: string;
  readonly title: string;
  /** Of all budgets, those whose midnight is an hour after the one before. */
  readonly shares: readonly number[];
}

/** Who lives where is not known: these are assumptions, the worst one first. */
export const spreads: readonly Spread[] = [
  { id: 'one', title: 'all in one zone', shares: [1] },
  {
    id: 'half',
    title: 'half in one zone, the others evenly in 23 more',
    shares: [0.5, ...Array.from({ length: HOURS - 1 }, () => 0.5 / (HOURS - 1))],
  },
  { id: 'even', title: 'evenly in 24 zones', shares: Array.from({ length: HOURS }, () => 1 / HOURS) },
];

/** Everybody is due at midnight of the first, by the clock of the own zone. No task is lost to rounding. */
export function wavesOf({ shares }: Pick<Spread, 'shares'>, tasks: number): Wave[] {
  let share = 0;
  let before = 0;
  return shares.map((each, hour) => {
    share += each;
    const until = Math.round(share * tasks);
    const wave = { atMs: hour * HOUR_MS, tasks: until - before };
    before = until;
    return wave;
  });
}

/** The greatest share that is due at one instant. */
export function largestShare({ shares }: Pick<Spread, 'shares'>): number {
  return Math.max(...shares);
}
