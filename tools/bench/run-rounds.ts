import { describeError } from '@budget-buddy/platform';
import { describeSample } from './report/numbers';
import { Results } from './results';
import type { Context, Row, Sample, Side } from './row';
import { TooLateError } from './too-late-error';

/** What {@link runRounds} needs to know. */
interface RoundsOptions {
  rows: readonly Row[];
  rounds: number;
  context: Context;
  say: (line: string) => void;
  signal: AbortSignal;
}

/**
 * Measures all sides of all rows in turns, round by round, so that what changes on the machine meanwhile meets all of
 * them. A measurement that fails is told of and left out; the others go on.
 */
export async function runRounds({ rows, rounds, context, say, signal }: RoundsOptions): Promise<Results> {
  const results = new Results();
  const turns = Array.from({ length: rounds }, (_, round) =>
    rows.flatMap((row) => row.sides.map((side) => ({ round, row, side }))),
  ).flat();
  const startMs = performance.now();
  for (const [index, { round, row, side }] of turns.entries()) {
    signal.throwIfAborted();
    const label = `[${index + 1}/${turns.length}] round ${round + 1}, ${row.id}, ${side.title}`;
    const turnMs = performance.now();
    try {
      const sample = await measure(side, context);
      results.add(row, side, round, sample);
      say(`${label}: ${describeSample(row, sample)} (${seconds(turnMs)}, ${seconds(startMs)} in all)`);
    } catch (error) {
      results.failures.push({ row, side, round, error: error as Error });
      say(`${label}: FAILED: ${describeError(error)}`);
    }
  }
  return results;
}

/** Once more with more time where there was not enough: how long it takes depends on the machine. */
async function measure(side: Side, context: Context, triesLeft = 3): Promise<Sample> {
  try {
    return await side.measure(context);
  } catch (error) {
    if (!(error instanceof TooLateError) || triesLeft === 0) throw error;
    const { stormLeadMs, lonelyLeadMs } = context.scale;
    const scale = { ...context.scale, stormLeadMs: 3 * stormLeadMs, lonelyLeadMs: 3 * lonelyLeadMs };
    return measure(side, { ...context, scale }, triesLeft - 1);
  }
}

function seconds(sinceMs: number): string {
  return `${((performance.now() - sinceMs) / 1_000).toFixed(0)} s`;
}
