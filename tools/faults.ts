import 'reflect-metadata';
import { describeError } from '@budget-buddy/platform';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { endOnSignals } from './end-on-signals';
import { FaultRun } from './faults/fault-run';
import { type FaultsOptions, readOptions, USAGE, UsageError } from './faults/faults-options';
import { describeOutcome, writeReport } from './faults/report';
import { SETTINGS } from './faults/recovery';
import { SystemUnderTest } from './faults/system-under-test';

/**
 * Breaks the whole system for some minutes, in an order that follows from the seed, while budgets are renewed, and then
 * compares every budget, task, timer, event and dead letter with a model. Exit code 0 only if there is no difference.
 */
async function main(options: FaultsOptions, signal: AbortSignal): Promise<boolean> {
  const started = performance.now();
  const print = (line: string) => say(`${((performance.now() - started) / 1000).toFixed(1).padStart(6)} s  ${line}`);
  const logFolder = await mkdtemp(join(tmpdir(), `budget-buddy-faults-${options.seed.replace(/\W/g, '_')}-`));
  print(`seed ${options.seed}, ${options.budgets} budgets, logs in ${logFolder}`);
  forgetConfiguration();
  let clean = false;
  try {
    const { schedulers, workers } = options;
    const system = await SystemUnderTest.start({ schedulers, workers, settings: SETTINGS, logFolder, print, signal });
    try {
      const outcome = await new FaultRun(system, options, print).run(signal);
      clean = outcome.differences.length === 0;
      await writeReport(outcome, logFolder);
      say(describeOutcome(outcome, logFolder));
      return clean;
    } finally {
      await system.stop();
    }
  } finally {
    if ((clean || signal.aborted) && !options.keepLogs) await rm(logFolder, { recursive: true, force: true });
    else say(`The logs are in ${logFolder}`);
  }
}

/** The apps of the run are to be configured by it alone. */
function forgetConfiguration(): void {
  for (const name of Object.keys(process.env)) if (name.startsWith('BUDGETBUDDY_')) delete process.env[name];
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

function fail(error: unknown): never {
  process.stderr.write(`${describeError(error)}${error instanceof UsageError ? `\n${USAGE}` : ''}\n`);
  process.exit(error instanceof UsageError ? 2 : 1);
}

function options(): FaultsOptions {
  try {
    return readOptions(process.argv.slice(2));
  } catch (error) {
    return fail(error);
  }
}

const asked = options();
endOnSignals((signal) => main(asked, signal)).then((clean) => process.exit(clean ? 0 : 1), fail);
