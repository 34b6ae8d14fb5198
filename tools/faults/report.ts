import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Difference } from './difference';
import type { Lateness } from './lateness';
import { type Outcome, summarise } from './summary';

/** So many of each kind of difference are shown whole. */
const SHOWN = 1;
/** So many of the renewals that were latest are written down. */
const LATEST = 30;

/** Writes what a run came to beside its logs, for whoever looks into it. */
export async function writeReport({ differences, faults, findings }: Outcome, folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  const latest = [...findings.lateness].sort((one, other) => other.lateMs - one.lateMs).slice(0, LATEST);
  const files = { differences, faults, latest: latest.map(described) };
  for (const [name, content] of Object.entries(files)) {
    await writeFile(join(folder, `${name}.json`), `${JSON.stringify(content, null, 2)}\n`);
  }
}

/** The run in words: its table, and the first difference of each kind with everything that belongs to it. */
export function describeOutcome(outcome: Outcome, folder: string): string {
  const { differences } = outcome;
  const table = `\n${summarise(outcome)}\n`;
  if (differences.length === 0) return `${table}\nNothing lost, nothing twice.`;
  const kinds = countDifferences(differences).map(([what, count]) => {
    const examples = differences.filter((difference) => difference.what === what).slice(0, SHOWN);
    const shown = examples.map((example) => JSON.stringify(example, null, 2).replace(/^/gm, '    '));
    return [`  ${count} x ${what}, such as`, ...shown].join('\n');
  });
  const where = `All of them are in ${join(folder, 'differences.json')}`;
  return [table, `${differences.length} differences:`, ...kinds, where].join('\n\n');
}

function countDifferences(differences: readonly Difference[]): [what: string, count: number][] {
  const counts = new Map<string, number>();
  for (const { what } of differences) counts.set(what, (counts.get(what) ?? 0) + 1);
  return [...counts].sort(([, one], [, other]) => other - one);
}

function described({ link, readyMs, doneMs, lateMs, unexcusedMs }: Lateness) {
  const { story, generation, dueAt } = link.expected;
  const [ready, done] = [readyMs, doneMs].map((ms) => new Date(ms).toISOString());
  const { id, task, predecessor } = link;
  const before = predecessor?.events.map(({ atMs }) => new Date(atMs).toISOString());
  return {
    id,
    story: story.kind,
    generation,
    dueAt: dueAt.toString(),
    ready,
    done,
    lateMs,
    unexcusedMs,
    heardOf: before,
    task,
  };
}
