import type { Figure, Row, Sample } from '../row';
import type { Spread } from '../spread';

/** A number as people compare them: three digits that mean something. */
export function threeDigits(value: number): string {
  if (value === 0) return '0';
  const rounded = Number(value.toPrecision(3));
  return rounded.toLocaleString('en-US', { maximumSignificantDigits: 3 });
}

/** A value with its unit. */
export function withUnit(value: number, { unit }: Pick<Figure, 'unit'>): string {
  if (unit === '') return value.toLocaleString('en-US');
  return unit === '/s' ? `${threeDigits(value)}/s` : `${threeDigits(value)} ${unit}`;
}

/** The median, and in brackets what there was beside it. */
export function describeSpread({ median, min, max }: Spread, figure: Pick<Figure, 'unit'>): string {
  const middle = withUnit(median, figure);
  return min === max ? middle : `${middle} (${threeDigits(min)}–${threeDigits(max)})`;
}

/** One measurement on one line. */
export function describeSample({ figures }: Row, sample: Sample): string {
  return figures
    .filter(({ id }) => sample[id] !== undefined)
    .map((figure) => `${figure.title} ${withUnit(sample[figure.id]!, figure)}`)
    .join(', ');
}
