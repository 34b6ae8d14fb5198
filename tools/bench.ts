import 'reflect-metadata';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describeError } from '@budget-buddy/platform';
import { type BenchArguments, readArguments } from './bench/arguments';
import { findCelery } from './bench/celery/celery-program';
import { Profiles } from './bench/profile/profiles';
import type { Context } from './bench/row';
import { DurableWrites } from './bench/durable-writes';
import { LateSleeps } from './bench/late-sleeps';
import { type Description, describeMachine } from './bench/machine';
import { compare } from './bench/report/compare';
import { renderJson } from './bench/report/json';
import { renderMarkdown, renderText } from './bench/report/markdown';
import type { Report } from './bench/report/report';
import { renderPlot } from './bench/report/plot';
import { rows as allRows } from './bench/rows';
import { runRounds } from './bench/run-rounds';
import { FULL, QUICK } from './bench/scale';
import { StolenTime } from './bench/stolen-time';
import { repositoryRoot } from './repository-root';
import { runProgram, say } from './run-program';
import { requireSingleServers, startServers } from './servers';

const rowIds = allRows.map(({ id }) => id);
const USAGE = `Measures this system beside the parts it is made of and beside Celery, in turns.

  npm run bench                    everything, for about an hour; writes docs/performance.md and its plot
  npm run bench -- --quick         the same with small numbers, to see that it works; writes nothing
  npm run bench -- --only <rows>   some of ${rowIds.join(',')}; writes nothing
  npm run bench -- --rounds <n>    how often each side has its turn
  npm run bench -- --profile       tells what takes the time of this system's apps (and costs them some); writes nothing
  npm run bench -- --json <file>   writes every single measurement there

On private servers, or on those that BUDGETBUDDY_*_URL name. Exit code 1: something could not be measured, or was
counted wrong.
`;

async function run(call: BenchArguments, signal: AbortSignal): Promise<boolean> {
  requireSingleServers(process.env);
  const celery = await findCelery();
  const servers = await startServers({ onProgress: say, handleSignals: false, signal });
  try {
    Object.assign(process.env, servers.env);
    const profiles = call.profile ? new Profiles() : undefined;
    const context = { scale: call.quick ? QUICK : FULL, nodeArguments: profiles?.nodeArguments ?? [] };
    const report = await measure(call, context, celery, signal);
    say(`\n${await renderText(report)}`);
    if (profiles) say(`\n${profiles.describe()}\n`);
    if (!call.quick && !call.only && !call.profile) await write(report);
    if (call.json) await writeFile(call.json, renderJson(report));
    const { failures } = report.results;
    for (const { row, side, round, error } of failures) {
      say(`round ${round + 1}, ${row.id}, ${side.title}: ${describeError(error)}`);
    }
    return failures.length === 0;
  } finally {
    await servers.stop();
  }
}

async function measure(call: BenchArguments, context: Context, celery: string, signal: AbortSignal): Promise<Report> {
  const rounds = call.rounds ?? context.scale.rounds;
  const rows = allRows.filter(({ id }) => !call.only || call.only.includes(id));
  const machine = await describeMachine(celery);
  const [stolen, sleeps] = [new StolenTime(), new LateSleeps()];
  const durable = new DurableWrites(sleeps);
  await durable.measure(context.scale.durableWrites, signal);
  const results = await runRounds({ rows, rounds, context, say, signal });
  await durable.measure(context.scale.durableWrites, signal);
  const meanwhile: Description = [
    ['a durable write', durable.describe()],
    ['a sleep between them', sleeps.describe()],
    ['taken by the host', stolen.describe()],
  ];
  return { rows, rounds, results, machine: [...machine, ...meanwhile] };
}

async function write(report: Report): Promise<void> {
  const docs = join(repositoryRoot(), 'docs');
  const path = join(docs, 'performance.md');
  await writeFile(path, await renderMarkdown(report, path));
  await writeFile(join(docs, 'performance.svg'), renderPlot(compare(report.rows, report.results)));
  say(`written: ${path} and performance.svg beside it`);
}

runProgram({ usage: USAGE, read: (words) => readArguments(words, rowIds), run });
