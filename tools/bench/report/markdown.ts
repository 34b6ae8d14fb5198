import { format, resolveConfig } from 'prettier';
import type { Report } from './report';
import { goalTable, machineTable, ratioTable, rowTable } from './tables';

const LINK_TO_PLOT = '![How many times better than the others, on a logarithmic scale](performance.svg)';

/** The report as docs/performance.md has it. @param path where it is to be: formatted as that file must be. */
export async function renderMarkdown(report: Report, path: string): Promise<string> {
  const parts = ['# Performance', introduction(report), ...ratios(report, LINK_TO_PLOT), ...figures(report)];
  return format(parts.join('\n\n'), { ...(await resolveConfig(path)), filepath: path });
}

/** The same for a terminal. */
export async function renderText(report: Report): Promise<string> {
  return format([...ratios(report), ...figures(report)].join('\n\n'), { parser: 'markdown', printWidth: 120 });
}

function introduction({ rounds }: Report): string {
  return `Written by \`npm run bench\`: do not edit. All sides were measured in turns within one run, ${rounds} rounds of all of
them, on one machine with all servers on it. Given is the median, and in brackets the lowest and the highest. A ratio is
taken in each round; above 1 this system is the better one. Ratios tell more than absolute numbers, but they, too, are
of this machine: on one whose cores are slower to wake, whoever waits for each answer loses more than others.`;
}

/** Not measured here, but what a reader of an unreached goal asks next. */
const BOUNDS = 'What bounds these figures, and what would be next: [profiles](profiles.md).';

function ratios({ rows, results }: Report, plot?: string): string[] {
  return [
    '## Goals',
    goalTable(rows, results),
    BOUNDS,
    '## Ratios',
    ...(plot ? [plot] : []),
    ratioTable(rows, results),
  ];
}

function figures({ rows, results, machine }: Report): string[] {
  const sections = rows.flatMap((row) => [`### ${row.title}`, row.method, rowTable(row, results)]);
  return ['## Figures', machineTable(machine), ...sections];
}
