import type { Figure } from './row';
import type { TaskRun } from './run-log';

/** The figures that {@link countRuns} gives. */
export const RUN_FIGURES: readonly Figure[] = [
  { id: 'lost', title: 'never ran', unit: '', better: 'less' },
  { id: 'twice', title: 'ran twice', unit: '', better: 'less' },
];

/** How many of the tasks `first` … `first + count - 1` never ran, or more than once. */
export function countRuns(runs: readonly TaskRun[], first: number, count: number): { lost: number; twice: number } {
  const times = new Uint32Array(count);
  for (const { number } of runs) if (number >= first && number < first + count) times[number - first]!++;
  return { lost: times.filter((each) => each === 0).length, twice: times.filter((each) => each > 1).length };
}
