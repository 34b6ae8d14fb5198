import 'reflect-metadata';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { withSystem } from './faults/with-system';
import { type OutagesOptions, readOptions, USAGE } from './outages/outages-options';
import { type OutagesOutcome, OutagesRun } from './outages/outages-run';
import { outagesTable } from './outages/outages-table';
import { runProgram, say } from './run-program';
import { sinceStart } from './since-start';

/**
 * Takes one server after the other away from the running system, in every way, while budgets are renewed, and measures
 * what a user would see.
 */
async function run(options: OutagesOptions, signal: AbortSignal): Promise<boolean> {
  const print = sinceStart();
  print(`${options.outages.length} outages, seed ${options.seed}`);
  const { keepLogs } = options;
  const one = { schedulers: 1, workers: 1 };
  return withSystem({ name: 'outages', ...one, keepLogs, print, signal }, async (system, logFolder) => {
    const outcome = await new OutagesRun(system, options, print).run(signal);
    await report(outcome, logFolder);
    return outcome.differences.length === 0;
  });
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

runProgram({ usage: USAGE, read: readOptions, run });
