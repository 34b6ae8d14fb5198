import { expect, it } from 'vitest';
import { readGrowthOptions } from './growth-options';

it('measures ten thousand, a hundred thousand and a million unless it is told otherwise', () => {
  expect(readGrowthOptions([])).toEqual({
    sizes: [10_000, 100_000, 1_000_000],
    only: ['sizes', 'workers', 'schedulers'],
    quick: false,
    complete: true,
  });
  expect(readGrowthOptions(['--sizes', '500, 20'])).toMatchObject({ sizes: [20, 500] });
});

it.each(['many', '0', '10,', '1.5'])('refuses %j as sizes', (sizes) => {
  expect(() => readGrowthOptions(['--sizes', sizes])).toThrow('expected whole numbers from 1 to 99999999');
});

it('measures only what it is told to', () => {
  expect(readGrowthOptions(['--only', 'workers'])).toMatchObject({ only: ['workers'], complete: false });
  expect(() => readGrowthOptions(['--only', 'budgets'])).toThrow(
    '--only has "budgets", expected some of sizes,workers,schedulers',
  );
});
