import 'reflect-metadata';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describeError } from '@budget-buddy/platform';
import { describeMachine } from './bench/machine';
import { runRounds } from './bench/run-rounds';
import { type GrowthOptions, readGrowthOptions } from './growth-bench/growth-options';
import { FULL_GROWTH, QUICK_GROWTH } from './growth-bench/growth-scale';
import type { PlanJudgement } from './growth-bench/plans/judge-plans';
import { renderGrowth, renderGrowthJson } from './growth-bench/report/render-growth';
import type { GrowthReport } from './growth-bench/report/growth-report';
import { schedulersRow } from './growth-bench/rows/schedulers';
import { sizesRow } from './growth-bench/rows/sizes';
import { workersRow } from './growth-bench/rows/workers';
import { repositoryRoot } from './repository-root';
import { runProgram, say } from './run-program';
import { type Servers, startServers } from './servers';

const USAGE = `Measures what becomes of everything with the number of open tasks, and with several workers and schedulers.

  npm run bench:growth                          10 thousand, 100 thousand and 1 million; writes docs/growth.md and .json
  npm run bench:growth -- --sizes 10000,50000   other numbers of open tasks
  npm run bench:growth -- --only <rows>         some of sizes,workers,schedulers; writes nothing
  npm run bench:growth -- --quick               small numbers, to see that it works; writes nothing

Always on private servers: it looks into PostgreSQL's log and at the processes. Exit code 1: something could not be
measured, was counted wrong, or a statement reads a big table without its index, or all of an index.
`;

async function run(options: GrowthOptions, signal: AbortSignal): Promise<boolean> {
  const servers = await startServers({ env: {}, onProgress: say, handleSignals: false, signal });
  try {
    Object.assign(process.env, servers.env);
    const report = await measure(options, servers, signal);
    say(`\n${await renderGrowth(report)}`);
    if (options.complete) await write(report);
    const faults = report.plans.flatMap(({ tasks, faults: found }) => found.map((fault) => `${tasks} tasks: ${fault}`));
    const failures = report.results.failures.map(
      ({ row, side, error }) => `${row.id}, ${side.title}: ${describeError(error)}`,
    );
    for (const line of [...faults, ...failures]) say(line);
    return faults.length + failures.length === 0;
  } finally {
    await servers.stop();
  }
}

async function measure(
  { sizes, only, quick }: GrowthOptions,
  servers: Servers,
  signal: AbortSignal,
): Promise<GrowthReport> {
  const scale = quick ? QUICK_GROWTH : FULL_GROWTH;
  const plans: PlanJudgement[] = [];
  const rows = [
    sizesRow(scale, sizes, (judgement) => plans.push(judgement)),
    workersRow(servers, scale.workerCounts),
    schedulersRow(servers, scale.schedulerCounts),
  ].filter(({ id }) => only.includes(id));
  const machine = (await describeMachine('')).filter(([name]) => name !== 'Celery');
  const context = { scale, nodeArguments: [] };
  const results = await runRounds({ rows, rounds: scale.rounds, context, say, signal });
  return { rows, rounds: scale.rounds, results, machine, plans };
}

async function write(report: GrowthReport): Promise<void> {
  const docs = join(repositoryRoot(), 'docs');
  await writeFile(join(docs, 'growth.md'), await renderGrowth(report, join(docs, 'growth.md')));
  await writeFile(join(docs, 'growth.json'), await renderGrowthJson(report));
  say(`written: ${join(docs, 'growth.md')} and growth.json beside it`);
}

runProgram({ usage: USAGE, read: readGrowthOptions, run });
