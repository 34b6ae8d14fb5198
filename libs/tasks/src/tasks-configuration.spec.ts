import { loadConfiguration } from '@budget-buddy/platform';
import { describe, expect, it } from 'vitest';
import { TasksConfiguration } from './tasks-configuration';

describe('TasksConfiguration', () => {
  it.each([
    ['BUDGETBUDDY_TASK_RETRY_DELAY', 'PT0S', 'PT0.001S to P7D'],
    ['BUDGETBUDDY_TASK_RETRY_DELAY', 'P8D', 'PT0.001S to P7D'],
    ['BUDGETBUDDY_TASK_STALLED_AFTER', 'PT0S', 'PT1S to PT1H'],
    ['BUDGETBUDDY_TASK_STALLED_AFTER', 'P1D', 'PT1S to PT1H'],
    ['BUDGETBUDDY_RECONCILE_INTERVAL', 'PT0S', 'PT0.1S to PT1H'],
    ['BUDGETBUDDY_RECONCILE_INTERVAL', 'P30D', 'PT0.1S to PT1H'],
    ['BUDGETBUDDY_RECONCILE_ALL_INTERVAL', 'PT0S', 'PT1S to P1D'],
    ['BUDGETBUDDY_RECONCILE_ALL_INTERVAL', 'P30D', 'PT1S to P1D'],
  ])('refuses %s=%s', (variable, text, limits) => {
    expect(() => loadConfiguration([TasksConfiguration], { [variable]: text })).toThrow(
      `${variable} is "${text}": it must be a duration from ${limits}`,
    );
  });

  it.each([
    [{}, 'PT19M59S'],
    [{ BUDGETBUDDY_RECONCILE_INTERVAL: 'PT15M' }, 'PT29M'],
    [{ BUDGETBUDDY_RECONCILE_ALL_INTERVAL: 'P1D' }, 'P1D'],
  ])('refuses, with %o, a horizon of %s: tasks would come within it unseen', (intervals, horizon) => {
    const env = { ...intervals, BUDGETBUDDY_TIMER_HORIZON: horizon };
    expect(() => loadConfiguration([TasksConfiguration], env)).toThrow(
      `BUDGETBUDDY_TIMER_HORIZON is "${horizon}": it must be at least twice as long as BUDGETBUDDY_RECONCILE_ALL_INTERVAL`,
    );
  });

  it('refuses to work on a queue that is not declared', () => {
    const env = { BUDGETBUDDY_QUEUES: 'one,two', BUDGETBUDDY_WORKER_QUEUES: 'two,three' };
    expect(() => loadConfiguration([TasksConfiguration], env)).toThrow(
      'BUDGETBUDDY_WORKER_QUEUES is "two,three": it must name queues that BUDGETBUDDY_QUEUES declares (one, two)',
    );
  });

  it('has no horizon unless there is to be one', () => {
    const horizon = (text: string) =>
      loadConfiguration([TasksConfiguration], { BUDGETBUDDY_TIMER_HORIZON: text })
        .get(TasksConfiguration)
        .timerHorizon?.toString();
    expect(horizon('')).toBeUndefined();
    expect(horizon('PT20M')).toBe('PT20M');
  });
});
