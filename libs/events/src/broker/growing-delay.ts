const FIRST_MS = 100;
const MOST_MS = 5_000;

/**
 * How long to wait before the next try when something that all depends on is away: 100 ms, doubled each time, but
 * never longer than 5 s, so that work goes on soon after it is back.
 * @param failures how many tries have failed in a row, from 1.
 */
export function growingDelayMs(failures: number): number {
  return Math.min(FIRST_MS * 2 ** (failures - 1), MOST_MS);
}
