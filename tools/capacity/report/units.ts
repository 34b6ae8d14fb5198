import { threeDigits } from '../../bench/report/numbers';

const SIZES = [
  [1e12, 'TB'],
  [1e9, 'GB'],
  [1e6, 'MB'],
  [1e3, 'KB'],
] as const;

/** Bytes as people read them. */
export function size(bytes: number): string {
  const [divisor, unit] = SIZES.find(([least]) => bytes >= least) ?? [1, 'B'];
  return `${threeDigits(bytes / divisor)} ${unit}`;
}

/** A time as people read it. @param ms in ms. */
export function time(ms: number): string {
  if (ms < 1_000) return `${threeDigits(ms)} ms`;
  if (ms < 120_000) return `${threeDigits(ms / 1_000)} s`;
  return ms < 7_200_000 ? `${threeDigits(ms / 60_000)} min` : `${threeDigits(ms / 3_600_000)} h`;
}

export function count(number: number): string {
  return Math.round(number).toLocaleString('en-US');
}

export function percent(share: number): string {
  return `${threeDigits(100 * share)} %`;
}
