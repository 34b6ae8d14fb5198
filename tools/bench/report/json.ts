import { describeError } from '@budget-buddy/platform';
import type { Report } from './report';

/** Every single measurement of a run, as `--json` writes it. */
export interface JsonReport {
  readonly machine: Readonly<Record<string, string>>;
  readonly samples: readonly { row: string; side: string; round: number; figures: Readonly<Record<string, number>> }[];
  readonly failures: readonly { row: string; side: string; round: number; error: string }[];
}

export function renderJson({ machine, results }: Report): string {
  const report: JsonReport = {
    machine: Object.fromEntries(machine),
    samples: results.all,
    failures: results.failures.map(({ row, side, round, error }) => ({
      row: row.id,
      side: side.id,
      round: round + 1,
      error: describeError(error),
    })),
  };
  return `${JSON.stringify(report, undefined, 2)}\n`;
}
