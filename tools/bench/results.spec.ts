import { describe, expect, it } from 'vitest';
import { judgeGoal } from './report/judge-goal';
import { Results } from './results';
import type { Figure, Row, Side } from './row';
import { spreadOf } from './spread';

const speed: Figure = { id: 'speed', title: 'speed', unit: '/s', better: 'more' };
const wait: Figure = { id: 'wait', title: 'wait', unit: 'ms', better: 'less' };
const side = (id: Side['who']): Side => ({ id, who: id, title: id, includes: '', measure: async () => ({}) });
const [ours, celery] = [side('ours'), side('celery')];
const row: Row = { id: 'race', title: 'race', method: '', figures: [speed, wait], sides: [ours, celery] };
const named = (of: Side, figure: Figure) => ({ row: row.id, side: of.id, figure: figure.id });

describe('a spread', () => {
  it('is the middle, or between the two in the middle, and the ends', () => {
    expect(spreadOf([5, 1, 9])).toEqual({ median: 5, min: 1, max: 9 });
    expect(spreadOf([10, 9, 1, 2])).toEqual({ median: 5.5, min: 1, max: 10 });
    expect(() => spreadOf([])).toThrow(RangeError);
  });
});

describe('the results of a run', () => {
  const results = new Results();
  results.add(row, ours, 0, { speed: 10, wait: 6 });
  results.add(row, celery, 0, { speed: 5, wait: 10 });
  results.add(row, ours, 1, { speed: 30, wait: 7 });
  results.add(row, celery, 1, { speed: 10, wait: 10 });
  results.add(row, ours, 2, { speed: 1000, wait: 8 });

  it('are divided round by round, where a round has both', () => {
    expect(results.ratio(named(ours, speed), named(celery, speed))).toEqual({ median: 2.5, min: 2, max: 3 });
  });

  it('are not there when they were not measured', () => {
    expect(results.spread({ row: 'race', side: 'raw', figure: 'speed' })).toBeUndefined();
    expect(results.ratio(named(ours, speed), { row: 'race', side: 'raw', figure: 'speed' })).toBeUndefined();
  });

  it('are numbers: a measurement without one of its figures is refused', () => {
    expect(() => results.add(row, ours, 3, { speed: 1 })).toThrow('race/ours: wait is undefined');
    expect(() => results.add(row, ours, 3, { speed: Infinity, wait: 1 })).toThrow('race/ours: speed is Infinity');
  });

  it.each([
    { figure: speed, by: true, bound: 2, reached: true, factor: 1.25 },
    { figure: speed, by: true, bound: 5, reached: false, factor: 2 },
    { figure: wait, by: true, bound: 0.7, reached: true, factor: 0.7 / 0.65 },
    { figure: wait, by: true, bound: 0.6, reached: false, factor: 0.65 / 0.6 },
    { figure: wait, by: false, bound: 3.5, reached: false, factor: 2 },
  ])('are judged by a goal, at least where more is better, else at most: $bound', (goal) => {
    const { figure, bound } = goal;
    const by = goal.by ? named(celery, figure) : undefined;
    const judgement = judgeGoal({ text: '', of: named(ours, figure), by, bound }, figure, results);
    expect(judgement.reached).toBe(goal.reached);
    expect(judgement.factor).toBeCloseTo(goal.factor);
  });
});
