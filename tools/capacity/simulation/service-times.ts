/** Quantiles of something that was measured, evenly spaced from the least to the greatest. */
export type Quantiles = readonly number[];

/**
 * Draws from a measured distribution, stretched to another mean: between two quantiles all values are as likely.
 * @param random from 0 to, and without, 1.
 */
export function serviceTimes(quantiles: Quantiles, meanMs: number, random: () => number): () => number {
  const stretch = meanMs / meanOf(quantiles);
  const last = quantiles.length - 1;
  return () => {
    const place = random() * last;
    const index = Math.floor(place);
    const [low, high] = [quantiles[index]!, quantiles[Math.min(last, index + 1)]!];
    return stretch * (low + (high - low) * (place - index));
  };
}

/** The mean of what is drawn: that of the straight lines between the quantiles. @throws RangeError when there is none. */
export function meanOf(quantiles: Quantiles): number {
  const pairs = quantiles.slice(1).map((high, index) => (high + quantiles[index]!) / 2);
  const mean = pairs.reduce((sum, value) => sum + value, 0) / pairs.length;
  if (!(mean > 0)) throw new RangeError(`the mean of ${quantiles.join(', ')} is ${mean}, expected more than 0`);
  return mean;
}
