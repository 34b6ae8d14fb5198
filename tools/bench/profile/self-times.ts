import { readFileSync } from 'node:fs';

/** What V8 writes with `--cpu-prof`, as far as it is read here; times in µs. */
interface CpuProfile {
  readonly nodes: readonly {
    readonly id: number;
    readonly callFrame: { readonly functionName: string; readonly url: string; readonly lineNumber: number };
  }[];
  readonly samples: readonly number[];
  readonly timeDeltas: readonly number[];
}

/** A function, and how much of the processor's time it took itself, without what it called. */
export interface SelfTime {
  readonly name: string;
  readonly file: string;
  /** Of all time in which the process was not idle. */
  readonly share: number;
}

const NO_WORK = new Set(['(idle)', '(root)']);

/** The functions of a profile that took most, most first. */
export function selfTimes(path: string, count: number): SelfTime[] {
  const { nodes, samples, timeDeltas } = JSON.parse(readFileSync(path, 'utf8')) as CpuProfile;
  const names = new Map(nodes.map(({ id, callFrame }) => [id, nameOf(callFrame)]));
  const micros = new Map<string, number>();
  let busy = 0;
  for (const [index, sample] of samples.entries()) {
    const name = names.get(sample)!;
    if (NO_WORK.has(name.split('\t')[0]!)) continue;
    const took = timeDeltas[index]!;
    busy += took;
    micros.set(name, (micros.get(name) ?? 0) + took);
  }
  const sorted = [...micros].sort(([, one], [, other]) => other - one).slice(0, count);
  return sorted.map(([key, took]) => {
    const [name, file] = key.split('\t') as [string, string];
    return { name, file, share: took / busy };
  });
}

function nameOf({ functionName, url, lineNumber }: CpuProfile['nodes'][number]['callFrame']): string {
  const file = url.replace(/^file:\/\//, '').replace(/^.*\/(node_modules|dist)\//, '');
  return `${functionName || '(anonymous)'}\t${file ? `${file}:${lineNumber + 1}` : ''}`;
}
