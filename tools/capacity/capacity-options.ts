import { parseArgs } from 'node:util';
import { type Assumptions, ASSUMPTIONS } from './assumptions';

/** What `npm run capacity` was asked to do. */
export interface CapacityOptions {
  readonly assumptions: Assumptions;
  /** Where the figures of `npm run bench:growth` are; docs/growth.json without. */
  readonly figures?: string;
}

/** @throws Error that names the value and what was expected. */
export function readCapacityOptions(words: readonly string[]): CapacityOptions {
  const text = { type: 'string' } as const;
  const { values } = parseArgs({
    args: [...words],
    options: {
      minutes: text,
      'keep-months': text,
      'horizon-hours': text,
      figures: text,
    },
  });
  const number = (name: 'minutes' | 'keep-months' | 'horizon-hours', otherwise: number) => {
    const given = values[name];
    if (given === undefined) return otherwise;
    if (!/^\d{1,6}(\.\d+)?$/.test(given) || Number(given) === 0) {
      throw new Error(`--${name} is ${JSON.stringify(given)}, expected a number over 0`);
    }
    return Number(given);
  };
  return {
    assumptions: {
      minutes: number('minutes', ASSUMPTIONS.minutes),
      keptMonths: number('keep-months', ASSUMPTIONS.keptMonths),
      horizonHours: number('horizon-hours', ASSUMPTIONS.horizonHours),
    },
    figures: values.figures,
  };
}
