import type { Goal } from '../goals';
import type { Results } from '../results';
import type { Figure } from '../row';
import type { Spread } from '../spread';

/** What became of a goal. */
export interface Judgement {
  readonly goal: Goal;
  readonly figure: Figure;
  /** The ratio, or the figure as it is; undefined when it was not measured. */
  readonly found?: Spread;
  readonly reached?: boolean;
  /** The factor that is still missing, over 1; or, where the goal is reached, the room there is. */
  readonly factor?: number;
}

/** Judges by the median. @param figure the one that the goal is about. */
export function judgeGoal(goal: Goal, figure: Figure, results: Results): Judgement {
  const found = goal.by ? results.ratio(goal.of, goal.by) : results.spread(goal.of);
  if (!found) return { goal, figure };
  const share = figure.better === 'more' ? found.median / goal.bound : goal.bound / found.median;
  return { goal, figure, found, reached: share >= 1, factor: share >= 1 ? share : 1 / share };
}
