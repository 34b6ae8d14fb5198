import { threeDigits, withUnit } from '../../bench/report/numbers';
import { table } from '../../bench/report/tables';
import type { Results } from '../../bench/results';
import type { Row } from '../../bench/row';
import type { PlanJudgement } from '../plans/judge-plans';
import { NONE } from '../rows/sizes';
import type { GrowthReport } from './growth-report';

const NOT_MEASURED = 'not measured';
/** What counts as the same memory. */
const ALLOWED_GROWTH = 1.1;

/** A row's figures, one a line, its sides beside each other. */
export function figureTable(row: Row, results: Results): string {
  const lines = row.figures.map((figure) => {
    const cells = row.sides.map((side) => {
      const spread = results.spread({ row: row.id, side: side.id, figure: figure.id });
      return spread ? withUnit(spread.median, figure) : figure.optional ? '–' : NOT_MEASURED;
    });
    return [figure.title, ...cells];
  });
  return table(['', ...row.sides.map(({ title }) => title)], lines);
}

interface Ratio {
  readonly row: string;
  readonly figure: string;
  readonly to: string;
  readonly title: string;
}

const MEMORY: readonly Ratio[] = [
  { row: 'sizes', figure: 'workerMemory', to: NONE, title: 'memory of an idle worker' },
  { row: 'sizes', figure: 'workerHeld', to: NONE, title: 'what a worker holds on to' },
  { row: 'sizes', figure: 'schedulerMemory', to: NONE, title: 'memory of an idle scheduler' },
  { row: 'sizes', figure: 'schedulerHeld', to: NONE, title: 'what a scheduler holds on to' },
];

const RATIOS: readonly Ratio[] = [
  ...MEMORY,
  { row: 'sizes', figure: 'events', to: NONE, title: 'events scheduled a second' },
  { row: 'workers', figure: 'perSecond', to: '1', title: 'renewals a second' },
  { row: 'schedulers', figure: 'perSecond', to: '1', title: 'events a second' },
];

/** What becomes of a figure with the number of tasks, or of processes. */
export function ratioTable({ rows, results }: GrowthReport): string {
  const measured = RATIOS.filter(({ row }) => rows.some(({ id }) => id === row));
  const lines = measured.map((ratio) => {
    const { sides } = rows.find(({ id }) => id === ratio.row)!;
    const cells = sides.map(({ id, title }) => `${title}: ${describe(results, ratio, id)}`);
    return [ratio.title, cells.join(', ')];
  });
  return table(['', 'times'], lines);
}

function ratioOf(results: Results, { row, figure, to }: Ratio, side: string): number | undefined {
  return results.ratio({ row, side, figure }, { row, side: to, figure })?.median;
}

function describe(results: Results, ratio: Ratio, side: string): string {
  const times = ratioOf(results, ratio, side);
  return times === undefined ? NOT_MEASURED : threeDigits(times);
}

/** Whether the memory is flat, and all plans use their indexes. */
export function goalsOfGrowth({ rows, results, plans }: GrowthReport): string {
  const most = rows.find(({ id }) => id === 'sizes')!.sides.at(-1)!;
  const memory = MEMORY.map((ratio) => {
    const times = ratioOf(results, ratio, most.id);
    const reached = times !== undefined && times <= ALLOWED_GROWTH;
    return [
      `${ratio.title} with ${most.title} tasks: ${ALLOWED_GROWTH} × that with none`,
      describe(results, ratio, most.id),
      verdict(reached),
    ];
  });
  const faults = plans.flatMap((judgement) => judgement.faults);
  const indexes = [
    'big tables are read along their indexes',
    `${faults.length} faults`,
    verdict(plans.length > 0 && faults.length === 0),
  ];
  return table(['goal', 'measured', ''], [...memory, indexes]);
}

function verdict(reached: boolean): string {
  return reached ? '**reached**' : 'not reached';
}

/** How the hot statements were run with each number of tasks. */
export function planTable(plans: readonly PlanJudgement[]): string {
  const lines = plans.flatMap(({ tasks, findings }) =>
    findings.map(({ title, scans, blocks, ms }) => [
      title,
      tasks.toLocaleString('en-US'),
      scans.join(', '),
      String(blocks),
      `${threeDigits(ms)} ms`,
    ]),
  );
  return table(['statement', 'open tasks', 'reads', 'blocks', 'took'], lines);
}
