import type { PayloadGroup, PreflightReport } from '@budget-buddy/tasks';

const HEADINGS = ['task', 'version', 'open', 'readable', 'unreadable'];

/** The report as people read it: a table by task and version, and the first of those that cannot be read. */
export function describeReport(report: PreflightReport, seconds: number): string {
  const { groups, open, unreadable } = report;
  return [
    ...(open > 0 ? [tableOf(groups), ''] : []),
    ...groups.flatMap(examplesOf),
    summaryOf(open, unreadable, seconds),
  ].join('\n');
}

function tableOf(groups: readonly PayloadGroup[]): string {
  const rows = groups.map(({ task, version, open, unreadable }) => [
    task,
    version,
    open,
    open - unreadable,
    unreadable,
  ]);
  const cells = [HEADINGS, ...rows.map((row) => row.map(String))];
  const widths = HEADINGS.map((_, column) => Math.max(...cells.map((row) => row[column]!.length)));
  return cells.map((row) => lineOf(row, widths)).join('\n');
}

/** The task's name to the left, numbers to the right. */
function lineOf(row: readonly string[], widths: readonly number[]): string {
  return row
    .map((cell, column) => (column === 0 ? cell.padEnd(widths[0]!) : cell.padStart(widths[column]!)))
    .join('  ');
}

function examplesOf({ task, version, unreadable, examples }: PayloadGroup): string[] {
  if (unreadable === 0) return [];
  const more = unreadable > examples.length ? [`  … and ${unreadable - examples.length} more`] : [];
  const lines = examples.map(({ key, why }) => `  ${key}  ${why}`);
  return [`${task}, version ${version}: this build cannot read`, ...lines, ...more, ''];
}

function summaryOf(open: number, unreadable: number, seconds: number): string {
  if (open === 0) return 'No task is open.';
  const read = `${open} open ${open === 1 ? 'task was' : 'tasks were'} read in ${seconds.toFixed(1)} s`;
  return unreadable === 0
    ? `${read}: this build can read all.`
    : `${read}: this build cannot read ${unreadable}, which would wait.`;
}
