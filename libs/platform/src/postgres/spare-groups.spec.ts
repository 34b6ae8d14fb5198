import { expect, it } from 'vitest';
import { spareGroupsOf } from './spare-groups';

it.each([
  [0, 1, 0],
  [14, 2, 0],
  [16, 2, 2],
  [16, 1, 4],
  [24, 2, 10],
  [24, 8, 0],
  [1_000, 2, 10],
])('has a pool of %i connections, with %i lanes, spare %i for groups', (poolSize, lanes, spare) => {
  expect(spareGroupsOf(poolSize, lanes)).toBe(spare);
});
