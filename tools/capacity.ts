import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type CapacityOptions, readCapacityOptions } from './capacity/capacity-options';
import { capacityOf } from './capacity/capacity-report';
import { readGrowthFigures } from './capacity/growth-figures';
import { renderCapacityPlot } from './capacity/report/capacity-plot';
import { renderCapacity } from './capacity/report/render-capacity';
import { repositoryRoot } from './repository-root';
import { runProgram, say } from './run-program';

const USAGE = `Computes what 1, 10 and 100 million budgets need, from what \`npm run bench:growth\` has measured.

  npm run capacity                              writes docs/capacity.md and its plot
  npm run capacity -- --minutes <n>             everybody who is due at one instant is renewed within so many minutes
  npm run capacity -- --keep-months <n>         settled tasks are kept so long, and there are as many old budgets
  npm run capacity -- --horizon-hours <n>       BUDGETBUDDY_TIMER_HORIZON
  npm run capacity -- --figures <file>          other figures than docs/growth.json; prints the page, and writes nothing
`;

async function run({ figures, assumptions }: CapacityOptions): Promise<boolean> {
  const docs = join(repositoryRoot(), 'docs');
  const report = capacityOf(
    readGrowthFigures(await readFile(figures ?? join(docs, 'growth.json'), 'utf8')),
    assumptions,
  );
  const path = join(docs, 'capacity.md');
  const page = await renderCapacity(report, path);
  if (figures !== undefined) {
    say(page);
    return true;
  }
  await writeFile(path, page);
  await writeFile(join(docs, 'capacity.svg'), renderCapacityPlot(report));
  say(`written: ${path} and capacity.svg beside it`);
  return true;
}

runProgram({ usage: USAGE, read: readCapacityOptions, run });
