import type { ServerKind } from '../servers';
import { SeededRandom } from './seeded-random';

export type FaultKind = 'kill' | 'wipe' | 'restart' | 'freeze' | 'cut';

/** One fault, and when it strikes. */
export interface PlannedFault {
  readonly kind: FaultKind;
  /** A server, or an app by its name in the run: `worker-2`. Cuts strike the network between the apps and a server. */
  readonly target: string;
  /** `kill` and `restart`: the signal. `cut`: whether connections are refused, get nothing through, or are slow. */
  readonly how: string;
  /** After the start of the run, in ms. */
  readonly atMs: number;
  /** How long it lasts, in ms; starting again is not counted. */
  readonly forMs: number;
}

/** How many faults of each kind a plan has at least. */
export interface Minimums {
  readonly kills: number;
  readonly wipes: number;
  /** Of each server. */
  readonly restarts: number;
  readonly freezes: number;
  readonly cuts: number;
}

export const FULL: Minimums = { kills: 22, wipes: 3, restarts: 3, freezes: 7, cuts: 6 };
export const SHORT: Minimums = { kills: 4, wipes: 1, restarts: 1, freezes: 2, cuts: 2 };

/** What a plan is made for. */
export interface PlanOptions {
  readonly seed: string;
  /** Between which moments faults strike, in ms after the start of the run. */
  readonly fromMs: number;
  readonly untilMs: number;
  readonly minimums: Minimums;
  /** The names of the apps. */
  readonly apps: readonly string[];
}

const SERVERS: readonly ServerKind[] = ['rabbitmq', 'postgres', 'redis'];
const CUTS = ['refuse', 'stall', 'slow'] as const;

/** Faults come in storms, in which they overlap; between two of them there is time to see what recovers, and how fast. */
const STORM_EVERY_MS = 55_000;
const STORM_MS = 12_000;

/** Budgets are due on whole seconds: so long after one, in ms, workers are in the middle of their renewals. */
const AT_WORK_MS = [30, 300] as const;

/** Which faults strike when: the same for the same options. In the order of time. */
export function planFaults({ seed, fromMs, untilMs, minimums, apps }: PlanOptions): PlannedFault[] {
  const random = new SeededRandom(`${seed}/faults`);
  const faults = random.shuffled(choose(minimums, apps, random));
  const storms = Math.max(1, Math.round((untilMs - fromMs) / STORM_EVERY_MS));
  const everyMs = (untilMs - fromMs) / storms;
  const lengthMs = Math.min(STORM_MS, everyMs);
  const strike = (index: number) => fromMs + (index % storms) * everyMs + random.next() * lengthMs;
  return faults
    .map((fault, index) => ({ ...fault, atMs: Math.round(strike(index)) }))
    .map((fault) => (fault.kind === 'kill' ? { ...fault, atMs: atWork(fault.atMs, random) } : fault))
    .sort((one, other) => one.atMs - other.atMs);
}

/** The seconds in which processes are killed: what is due at the beginning of one is being renewed when it happens. */
export function secondsOfKills(plan: readonly PlannedFault[]): number[] {
  const kills = plan.filter(({ kind, target }) => kind === 'kill' && target.startsWith('worker'));
  return kills.map(({ atMs }) => Math.floor(atMs / 1_000) * 1_000);
}

function atWork(atMs: number, random: SeededRandom): number {
  return Math.floor(atMs / 1_000) * 1_000 + random.integer(...AT_WORK_MS);
}

type Choice = Omit<PlannedFault, 'atMs'>;

function choose(minimums: Minimums, apps: readonly string[], random: SeededRandom): Choice[] {
  const killed = inTurn(apps, minimums.kills, random);
  const frozen = inTurn([...apps, ...SERVERS], minimums.freezes, random);
  const cut = inTurn(
    CUTS.flatMap((how) => SERVERS.map((target) => ({ target, how }))),
    minimums.cuts,
    random,
  );
  const restarted = SERVERS.flatMap((target) =>
    Array.from({ length: minimums.restarts }, (_, nth) => ({ target, nth })),
  );
  return [
    ...killed.map((target) => ({ kind: 'kill' as const, target, how: 'SIGKILL', forMs: random.integer(100, 3_000) })),
    ...Array.from({ length: minimums.wipes }, () => ({
      kind: 'wipe' as const,
      target: 'redis',
      how: 'FLUSHALL',
      forMs: 0,
    })),
    ...restarted.map(({ target, nth }) => ({
      kind: 'restart' as const,
      target,
      // At least every other one without a warning.
      how: nth % 2 === 0 ? 'SIGKILL' : random.pick(['orderly', 'SIGKILL']),
      forMs: random.integer(0, 4_000),
    })),
    ...frozen.map((target) => ({
      kind: 'freeze' as const,
      target,
      how: 'SIGSTOP',
      forMs: random.integer(2_000, 9_000),
    })),
    ...cut.map(({ target, how }) => ({ kind: 'cut' as const, target, how, forMs: random.integer(1_000, 7_000) })),
  ];
}

/** Each of them as often as the others, or once more. */
function inTurn<Item>(items: readonly Item[], count: number, random: SeededRandom): Item[] {
  const drawn: Item[] = [];
  while (drawn.length < count) drawn.push(...random.shuffled(items));
  return drawn.slice(0, count);
}
