import { randomInt } from 'node:crypto';
import { parseArgs } from 'node:util';
import { UsageError } from '../usage-error';

/** What `npm run faults` was asked to do. */
export interface FaultsOptions {
  readonly budgets: number;
  readonly seed: string;
  readonly durationMs: number;
  readonly schedulers: number;
  readonly workers: number;
  /** A renewal that takes longer, while nothing is wrong, is late. */
  readonly onTimeMs: number;
  /** Keep the logs also of a run that found nothing. */
  readonly keepLogs: boolean;
}

export const USAGE = `npm run faults -- [--budgets 5000] [--seed TEXT] [--minutes 7] [--schedulers 2] [--workers 2] [--on-time SECONDS] [--keep-logs]`;

/** @throws UsageError */
export function readOptions(words: readonly string[]): FaultsOptions {
  const values = parse(words);
  return {
    budgets: wholeNumber('budgets', values.budgets, 1, 100_000),
    seed: values.seed ?? String(randomInt(1, 1_000_000)),
    durationMs: decimal('minutes', values.minutes, 0.5, 24 * 60) * 60_000,
    schedulers: wholeNumber('schedulers', values.schedulers, 1, 10),
    workers: wholeNumber('workers', values.workers, 1, 10),
    onTimeMs: decimal('on-time', values['on-time'], 0.1, 600) * 1_000,
    keepLogs: values['keep-logs'],
  };
}

function parse(words: readonly string[]) {
  try {
    return parseArgs({
      args: [...words],
      options: {
        budgets: { type: 'string', default: '5000' },
        seed: { type: 'string' },
        minutes: { type: 'string', default: '7' },
        schedulers: { type: 'string', default: '2' },
        workers: { type: 'string', default: '2' },
        'on-time': { type: 'string', default: '2' },
        'keep-logs': { type: 'boolean', default: false },
      },
    }).values;
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}

function wholeNumber(name: string, text: string, from: number, to: number): number {
  const number = Number(text);
  if (Number.isInteger(number) && number >= from && number <= to) return number;
  throw new UsageError(`--${name} is "${text}", expected a whole number from ${from} to ${to}`);
}

function decimal(name: string, text: string, from: number, to: number): number {
  const number = Number(text);
  if (number >= from && number <= to) return number;
  throw new UsageError(`--${name} is "${text}", expected a number from ${from} to ${to}`);
}
