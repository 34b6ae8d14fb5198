import { type Goal, goals } from '../goals';
import type { Description } from '../machine';
import type { Results } from '../results';
import type { Figure, Row, Side } from '../row';
import { compare } from './compare';
import { judgeGoal, type Judgement } from './judge-goal';
import { describeSpread, threeDigits } from './numbers';

const NOT_MEASURED = 'not measured';

/** A table in Markdown. */
export function table(head: readonly string[], lines: readonly (readonly string[])[]): string {
  const all = [head, head.map(() => '---'), ...lines];
  return all.map((cells) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`).join('\n');
}

/** Which goals are reached, and by how much the others are missed. */
export function goalTable(rows: readonly Row[], results: Results): string {
  const measured = goals.filter(({ of }) => rows.some(({ id }) => id === of.row));
  const lines = measured.map((goal) => {
    const { found, ...judgement } = judgeGoal(goal, figureOf(goal, rows), results);
    const unit = goal.by ? ('' as const) : judgement.figure.unit;
    const value = found ? describeSpread(found, { unit: unit === '' ? '×' : unit }) : NOT_MEASURED;
    return [goal.text, value, found ? verdict(judgement) : ''];
  });
  return table(['goal', 'measured', ''], lines);
}

function verdict({ reached, factor }: Omit<Judgement, 'found'>): string {
  return reached ? `**reached**, ${threeDigits(factor!)} × over` : `not reached, ${threeDigits(factor!)} × short`;
}

function figureOf({ of }: Goal, rows: readonly Row[]): Figure {
  return rows.find(({ id }) => id === of.row)!.figures.find(({ id }) => id === of.figure)!;
}

/** How many times better this system is than each of the others. */
export function ratioTable(rows: readonly Row[], results: Results): string {
  const lines = compare(rows, results).map(({ row, figure, other, times }) => [
    `${row.title}: ${figure.title}`,
    other.title,
    describeSpread(times, { unit: '×' }),
  ]);
  return table(['this system, times better', 'than', ''], lines);
}

/** All figures of one row, and what they include. */
export function rowTable(row: Row, results: Results): string {
  const cell = (side: Side, figure: Figure) => {
    const spread = results.spread({ row: row.id, side: side.id, figure: figure.id });
    if (spread) return describeSpread(spread, figure);
    return figure.optional ? '–' : NOT_MEASURED;
  };
  return table(
    ['', ...row.figures.map(({ title }) => title), 'what is included'],
    row.sides.map((side) => [side.title, ...row.figures.map((figure) => cell(side, figure)), side.includes]),
  );
}

export function machineTable(description: Description): string {
  return table(['measured on', ''], description);
}
