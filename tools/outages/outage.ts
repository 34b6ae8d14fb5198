import type { ServerKind } from '../servers';

/**
 * `killed`: SIGKILL, started again at the end. `frozen`: SIGSTOP until the end. `dropped`: the network loses every byte
 * until the end, and the connections that were open then stay dead for ever. `slow`: every byte comes later.
 */
export const outageKinds = ['killed', 'frozen', 'dropped', 'slow'] as const;

export type OutageKind = (typeof outageKinds)[number];

/** One server, as seen by the apps, and what is wrong with it for how long. */
export interface Outage {
  readonly server: ServerKind;
  readonly kind: OutageKind;
  /** Until it is ended, in ms; starting again is not counted. */
  readonly forMs: number;
}

/** How much later bytes come in a `slow` one, each way. */
export const SLOW_MS = 200;

export function describeOutage({ server, kind, forMs }: Outage): string {
  return `${server} ${kind} for ${forMs / 1_000} s`;
}
