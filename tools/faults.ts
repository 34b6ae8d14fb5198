import 'reflect-metadata';
import { FaultRun } from './faults/fault-run';
import { type FaultsOptions, readOptions, USAGE } from './faults/faults-options';
import { describeOutcome, writeReport } from './faults/report';
import { withSystem } from './faults/with-system';
import { runProgram, say } from './run-program';
import { sinceStart } from './since-start';

/**
 * Breaks the whole system for some minutes, in an order that follows from the seed, while budgets are renewed, and then
 * compares every budget, task, timer, event and dead letter with a model.
 */
async function run(options: FaultsOptions, signal: AbortSignal): Promise<boolean> {
  const print = sinceStart();
  print(`seed ${options.seed}, ${options.budgets} budgets`);
  const { schedulers, workers, keepLogs } = options;
  const name = `faults-${options.seed}`;
  return withSystem({ name, schedulers, workers, keepLogs, print, signal }, async (system, logFolder) => {
    const outcome = await new FaultRun(system, options, print).run(signal);
    await writeReport(outcome, logFolder);
    say(describeOutcome(outcome, logFolder));
    return outcome.differences.length === 0;
  });
}

runProgram({ usage: USAGE, read: readOptions, run });
