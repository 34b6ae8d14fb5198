import { format, resolveConfig } from 'prettier';
import { renderJson } from '../../bench/report/json';
import { machineTable } from '../../bench/report/tables';
import { NONE } from '../rows/sizes';
import type { GrowthReport } from './growth-report';
import { figureTable, goalsOfGrowth, planTable, ratioTable } from './growth-tables';

/** The report; as docs/growth.md has it where a path says so, otherwise for a terminal. */
export async function renderGrowth(report: GrowthReport, path?: string): Promise<string> {
  const hasSizes = report.rows.some(({ id }) => id === 'sizes');
  const parts = [
    ...(path ? ['# Growth', INTRODUCTION] : []),
    ...(hasSizes ? ['## What must not grow', goalsOfGrowth(report)] : []),
    ...report.rows.flatMap((row) => [`## ${row.title}`, row.method, figureTable(row, report.results)]),
    `Memory with so many waiting, divided by that with ${NONE}; throughput, divided by that of one process:`,
    ratioTable(report),
    ...(hasSizes ? ['## Plans of the hot statements', PLANS, planTable(report.plans)] : []),
    ...(path ? ['## Measured on', machineTable(report.machine)] : []),
  ];
  const options = path ? await resolveConfig(path) : { parser: 'markdown' as const, printWidth: 120 };
  return format(parts.join('\n\n'), { ...options, ...(path && { filepath: path }) });
}

const PLANS =
  'As PostgreSQL logged them (`auto_explain`) while scheduler and worker did a little of everything. Blocks (8 KB) and time ' +
  'are those of the costliest run. No statement of the apps, hot or not, may read a table of 1,000 rows or more whole: the ' +
  'benchmark fails then. Below 50,000 tasks, where that can be the quickest, the planner is told to avoid it ' +
  '(`enable_seqscan` off).';

const INTRODUCTION =
  'Written by `npm run bench:growth`: do not edit. All servers, all apps and the benchmark share the cores of one machine; ' +
  'compare within a run. What 1, 10 and 100 million budgets need is computed from this by `npm run capacity`.';

/** Every single measurement, for `npm run capacity`. */
export async function renderGrowthJson(report: GrowthReport): Promise<string> {
  return format(renderJson(report), { parser: 'json' });
}
