import type { Results } from '../results';
import type { Figure, Row, Side } from '../row';
import type { Spread } from '../spread';

/** How many times better this system is than another side in one figure; below 1 it is worse. */
export interface Comparison {
  readonly row: Row;
  readonly figure: Figure;
  readonly other: Side;
  readonly times: Spread;
}

/** All there is to compare; counts, which should be 0, and ratios are not divided. */
export function compare(rows: readonly Row[], results: Results): Comparison[] {
  return rows.flatMap((row) => {
    const figures = row.figures.filter(({ unit }) => unit !== '' && unit !== '×');
    const others = row.sides.filter(({ who }) => who !== 'ours');
    return others.flatMap((other) => {
      const ours = counterpartOf(other, row);
      return ours ? figures.flatMap((figure) => compareSides(row, figure, ours, other, results)) : [];
    });
  });
}

function counterpartOf({ counterpart }: Side, { sides }: Row): Side | undefined {
  return sides.find(({ id, who }) => (counterpart ? id === counterpart : who === 'ours'));
}

function compareSides(row: Row, figure: Figure, ours: Side, other: Side, results: Results): Comparison[] {
  const ourName = { row: row.id, side: ours.id, figure: figure.id };
  const otherName = { ...ourName, side: other.id };
  const times = figure.better === 'more' ? results.ratio(ourName, otherName) : results.ratio(otherName, ourName);
  return times ? [{ row, figure, other, times }] : [];
}
