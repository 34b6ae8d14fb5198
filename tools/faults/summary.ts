import type { Findings, Input } from './audit';
import { copiesById } from './dead-letter-checks';
import type { Difference } from './difference';
import type { Evidence } from './evidence';
import type { InjectedFault } from './fault-injector';
import type { SupervisedApp } from './supervised-app';

/** Everything a run came to. */
export interface Outcome {
  readonly seed: string;
  readonly input: Input;
  readonly evidence: Evidence;
  readonly findings: Findings;
  readonly faults: readonly InjectedFault[];
  readonly apps: readonly SupervisedApp[];
  /** Those of the processes included. */
  readonly differences: readonly Difference[];
}

/** The run as a table: what was done, what was expected of it, what was found. */
export function summarise(outcome: Outcome): string {
  const rows = [
    ['seed', outcome.seed],
    ...faultRows(outcome.faults),
    ...renewalRows(outcome),
    ...eventRows(outcome),
    ...deadLetterRows(outcome),
    ...latenessRows(outcome),
    ...processRows(outcome.apps),
  ];
  const width = Math.max(...rows.map(([name]) => name!.length));
  return rows.map(([name, value]) => `  ${name!.padEnd(width)}  ${value}`).join('\n');
}

type Row = [name: string, value: string];

function faultRows(faults: readonly InjectedFault[]): Row[] {
  const of = (kind: string) => faults.filter(({ fault }) => fault.kind === kind);
  const by = (kind: string) => {
    const counts = new Map<string, number>();
    for (const { fault } of of(kind)) counts.set(fault.target, (counts.get(fault.target) ?? 0) + 1);
    const each = [...counts].sort().map(([target, count]) => `${target} ${count}`);
    return `${of(kind).length} (${each.join(', ')})`;
  };
  return [
    ['processes killed', by('kill')],
    ['Redis wiped', String(of('wipe').length)],
    ['servers restarted', by('restart')],
    ['frozen', by('freeze')],
    ['network cut', by('cut')],
  ];
}

function renewalRows({ input, findings, differences }: Outcome): Row[] {
  const due = findings.links.filter(({ expected }) => expected.renewal === 'succeeded');
  const found = due.filter(({ successors }) => successors.length > 0);
  return [
    ['budgets', String(input.chains.length)],
    ['  not judged', `${findings.unjudged.length} (given up or moved away too late: the broker was away)`],
    ['renewals expected', String(due.length)],
    ['renewals found', String(found.length)],
    ['renewed twice', String(count(differences, 'a budget is renewed twice'))],
    ['renewed, but given up', String(count(differences, 'a budget is renewed that must not be'))],
    ['late', String(count(differences, 'a renewal is late'))],
  ];
}

function eventRows({ findings }: Outcome): Row[] {
  const due = findings.links.filter(({ expected }) => expected.renewal === 'succeeded');
  const ids = due.map(({ events }) => new Set(events.map(({ messageId }) => messageId)).size);
  const again = due.map(({ events }, index) => events.length - ids[index]!);
  return [
    ['events expected', String(due.length)],
    ['events lost', String(ids.filter((count) => count === 0).length)],
    ['events with two ids', String(ids.filter((count) => count > 1).length)],
    ['events told again', `${sum(again)} (under the same id)`],
  ];
}

function deadLetterRows({ input, evidence }: Outcome): Row[] {
  const copies = copiesById(evidence.deadLetters);
  const accounted = input.invalid.filter(({ id }) =>
    input.confirmations.get(id)?.messageIds.some((messageId) => copies.has(messageId)),
  );
  const twice = [...copies.values()].filter(({ length }) => length > 1);
  return [
    ['invalid messages', String(input.invalid.length)],
    ['dead letters found', `${accounted.length} (${twice.length} of them twice, each by a fault)`],
  ];
}

function latenessRows({ findings, faults, input }: Outcome): Row[] {
  const lastMs = Math.max(0, ...faults.map(({ toMs }) => toMs));
  const after = (ms: number) => findings.lateness.filter(({ readyMs }) => readyMs >= ms).map(({ lateMs }) => lateMs);
  const all = findings.lateness.map(({ lateMs }) => lateMs).sort((one, other) => one - other);
  const recovered = after(lastMs + input.recoveryMs);
  return [
    ['lateness, all', `median ${inWords(all[Math.floor(all.length / 2)] ?? 0)}, longest ${inWords(all.at(-1) ?? 0)}`],
    ['  after the last fault', `longest ${inWords(Math.max(0, ...after(lastMs)))} of ${after(lastMs).length} renewals`],
    ['  and recovery', `longest ${inWords(Math.max(0, ...recovered))} of ${recovered.length} renewals`],
    [
      'what is late',
      `more than ${inWords(input.onTimeMs)} in which no fault was on, nor had been for ${inWords(input.recoveryMs)} (recovery)`,
    ],
  ];
}

function processRows(apps: readonly SupervisedApp[]): Row[] {
  const peak = (role: string) =>
    Math.max(...apps.filter((app) => app.role === role).map(({ peakMemory }) => peakMemory));
  const megabytes = (bytes: number) => `${Math.round(bytes / 1024 ** 2)} MiB`;
  const trouble = apps.map(({ log }) => log.counts.warn + log.counts.error);
  return [
    ['peak memory', `scheduler ${megabytes(peak('scheduler'))}, worker ${megabytes(peak('worker'))}`],
    [
      'warnings and errors',
      `${sum(trouble)} lines, at most ${Math.max(...apps.map(({ log }) => log.peakTroublePerSecond))} in a second of one process`,
    ],
  ];
}

function count(differences: readonly Difference[], what: string): number {
  return differences.filter((difference) => difference.what === what).length;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

function inWords(ms: number): string {
  return ms < 1_000 ? `${Math.round(ms)} ms` : `${(ms / 1_000).toFixed(1)} s`;
}
