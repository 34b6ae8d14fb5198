import 'reflect-metadata';
import { describeError } from '@budget-buddy/platform';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { endOnSignals } from './end-on-signals';
import { UsageError } from './faults/faults-options';
import { SETTINGS } from './faults/recovery';
import { SystemUnderTest } from './faults/system-under-test';
import { type OutagesOptions, readOptions, USAGE } from './outages/outages-options';
import { type OutagesOutcome, OutagesRun } from './outages/outages-run';
import { outagesTable } from './outages/outages-table';

/**
 * Takes one server after the other away from the running system, in every way, while budgets are renewed, and measures
 * what a user would see. Exit code 0 only if every promise was kept.
 */
async function main(options: OutagesOptions, signal: AbortSignal): Promise<boolean> {
  const started = performance.now();
  const print = (line: string) => say(`${((performance.now() - started) / 1000).toFixed(1).padStart(6)} s  ${line}`);
  const logFolder = await mkdtemp(join(tmpdir(), 'budget-buddy-outages-'));
  print(`${options.outages.length} outages, seed ${options.seed}, logs in ${logFolder}`);
  forgetConfiguration();
  let clean = false;
  try {
    const system = await SystemUnderTest.start({
      schedulers: 1,
      workers: 1,
      settings: SETTINGS,
      logFolder,
      print,
      signal,
    });
    try {
      const outcome = await new OutagesRun(system, options, print).run(signal);
      clean = outcome.differences.length === 0;
      await report(outcome, logFolder);
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

async function report({ results, budgets, renewals, differences }: OutagesOutcome, logFolder: string): Promise<void> {
  say(`\n${outagesTable(results)}\n`);
  say(`${budgets} budgets, ${renewals} renewals expected`);
  if (differences.length === 0) return say('Every promise was kept; nothing lost, nothing twice.');
  const file = join(logFolder, 'differences.json');
  await writeFile(file, JSON.stringify(differences, null, 2));
  const kinds = new Map(differences.map((difference) => [difference.what, difference]));
  say(`${differences.length} differences (all of them are in ${file}), the last of each kind:`);
  for (const difference of kinds.values()) say(JSON.stringify(difference, null, 2).replace(/^/gm, '  '));
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

function fail(error: unknown): never {
  process.stderr.write(`${describeError(error)}${error instanceof UsageError ? `\n${USAGE}` : ''}\n`);
  process.exit(error instanceof UsageError ? 2 : 1);
}

function options(): OutagesOptions {
  try {
    return readOptions(process.argv.slice(2));
  } catch (error) {
    return fail(error);
  }
}

const asked = options();
endOnSignals((signal) => main(asked, signal)).then((clean) => process.exit(clean ? 0 : 1), fail);
