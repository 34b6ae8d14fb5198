import type { OutageResult } from './outage-run';
import { describeOutage } from './outage';

const HEADS = ['outage', 'not ready after', 'ready again', 'promise', 'all done after', 'peak RSS', 'warnings'];

/** The outages as a table in Markdown, to be read as it is and to be put into the docs. */
export function outagesTable(results: readonly OutageResult[]): string {
  const rows = [HEADS, ...results.map(cellsOf)];
  const widths = HEADS.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  const line = (cells: readonly string[]) => `| ${cells.map((cell, at) => cell.padEnd(widths[at]!)).join(' | ')} |`;
  const [head, ...body] = rows.map(line);
  return [head, line(widths.map((width) => '-'.repeat(width))), ...body].join('\n');
}

/** One outage in a line. */
export function describeResult(result: OutageResult): string {
  const cells = cellsOf(result).map((cell, at) => `${HEADS[at]}: ${cell}`);
  return [...cells.slice(1), `${result.differences.length} differences`].join('; ');
}

function cellsOf({ outage, times, health, use, promise }: OutageResult): string[] {
  return [
    describeOutage(outage),
    health.noticedMs === undefined ? 'stayed ready' : seconds(health.noticedMs),
    seconds(health.readyMs),
    promise,
    seconds(times.recoveredMs - times.endedMs),
    `${Math.round(use.peakMemory / 1024 ** 2)} MiB (+${Math.round(use.growth / 1024 ** 2)})`,
    `${use.trouble}, at most ${Math.round(use.peakTrouble)} a second`,
  ];
}

function seconds(ms: number): string {
  return `${(ms / 1_000).toFixed(1)} s`;
}
