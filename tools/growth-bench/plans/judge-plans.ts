import { hotStatements } from './hot-statements';
import { costOf, indexesReadWhole, type Plan, scansOf, tablesReadWhole } from './plan';

/** How one hot statement was run. */
export interface PlanFinding {
  readonly title: string;
  readonly scans: readonly string[];
  /** At the most. */
  readonly blocks: number;
  readonly ms: number;
}

/** What was found with one number of open tasks. */
export interface PlanJudgement {
  readonly tasks: number;
  readonly findings: readonly PlanFinding[];
  /** What is wrong, in sentences. */
  readonly faults: readonly string[];
}

/**
 * Judges all statements that the apps have run.
 * @param bigTables must be read along an index, whatever the statement.
 */
export function judgePlans(tasks: number, plans: readonly Plan[], bigTables: ReadonlySet<string>): PlanJudgement {
  const findings = hotStatements.flatMap(({ title, pattern }) => {
    const own = plans.filter(({ text }) => pattern.test(text));
    return own.length > 0 ? [findingOf(title, own)] : [];
  });
  const unseen = hotStatements.filter(({ title }) => !findings.some((finding) => finding.title === title));
  return {
    tasks,
    findings,
    faults: [
      ...unseen.map(({ title }) => `${title}: no such statement was run`),
      ...new Set(plans.flatMap((plan) => wholeReads(plan, bigTables))),
    ],
  };
}

function wholeReads(plan: Plan, bigTables: ReadonlySet<string>): string[] {
  const tables = tablesReadWhole(plan).filter((table) => bigTables.has(table));
  const scans = [
    ...tables.map((table) => `Seq Scan of ${table}`),
    ...indexesReadWhole(plan).map((index) => `all of ${index} is read`),
  ];
  return scans.map((scan) => `${scan}: ${plan.text.slice(0, 300)}`);
}

function findingOf(title: string, plans: readonly Plan[]): PlanFinding {
  const costs = plans.map(costOf);
  return {
    title,
    scans: [...new Set(plans.flatMap(scansOf))],
    blocks: Math.max(...costs.map(({ blocks }) => blocks)),
    ms: Math.max(...costs.map(({ ms }) => ms)),
  };
}
