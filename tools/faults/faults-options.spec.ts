import { describe, expect, it } from 'vitest';
import { readOptions } from './faults-options';

describe('the options of npm run faults', () => {
  it('are a full run with a seed of its own when nothing is said', () => {
    const options = readOptions([]);
    expect(options).toMatchObject({ budgets: 5_000, durationMs: 420_000, schedulers: 2, workers: 2, onTimeMs: 2_000 });
    expect(options.seed).toMatch(/^\d+$/);
  });

  it('are what is said', () => {
    const words = ['--budgets', '300', '--seed=abc', '--minutes', '0.75', '--workers', '3', '--keep-logs'];
    expect(readOptions(words)).toMatchObject({
      budgets: 300,
      seed: 'abc',
      durationMs: 45_000,
      workers: 3,
      keepLogs: true,
    });
  });

  it.each([
    [['--budgets', 'many'], '--budgets is "many", expected a whole number from 1 to 100000'],
    [['--minutes', '0'], '--minutes is "0", expected a number from 0.5 to 1440'],
    [['--on-time', '0'], '--on-time is "0", expected a number from 0.1 to 600'],
    [['--workers', '0'], '--workers is "0", expected a whole number from 1 to 10'],
    [['--seeds', '1'], '--seeds'],
  ])('are refused when they are off: %j', (words, message) => {
    expect(() => readOptions(words)).toThrow(message);
  });
});
