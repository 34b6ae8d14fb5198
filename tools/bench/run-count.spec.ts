import { expect, it } from 'vitest';
import { countRuns } from './run-count';

it('counts the tasks that never ran, and those that ran more than once', () => {
  const runs = [5, 6, 6, 8, 8, 8, 4, 10].map((number) => ({ number, atMs: 0 }));
  expect(countRuns(runs, 5, 5)).toEqual({ lost: 2, twice: 2 });
});
