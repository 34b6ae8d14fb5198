import { Temporal } from 'temporal-polyfill';
import { type PlannedFault, planFaults, secondsOfKills } from './fault-plan';
import type { FaultsOptions } from './faults-options';
import { invalidMessages } from './invalid-messages';
import { type ExpectedBudget, expectedOf } from './model';
import { timesOf } from './run-times';
import { Stories } from './stories';
import type { InvalidMessage, Publication } from './story';

/** All that is done to the system in a run, and what must follow from it. */
export interface RunScript {
  /** In ms since 1970, as the next: when the script's times are counted from, and when all is published and due. */
  readonly startMs: number;
  readonly endMs: number;
  readonly faults: readonly PlannedFault[];
  /** The budgets that are told of, each with those that must follow from it. */
  readonly chains: readonly (readonly ExpectedBudget[])[];
  readonly invalid: readonly InvalidMessage[];
  readonly publications: readonly Publication[];
  /** How long before a renewal is due the system must have been told not to do it, in ms. */
  readonly toldBeforeMs: number;
}

/** One message in so many budgets cannot be handled. */
const INVALID_SHARE = 50;

/**
 * The script follows from the options; only the dates in it follow from when it starts.
 * @param apps the names of the processes there are.
 * @param startMs in ms since 1970, a whole second, as all due times are.
 */
export function writeScript(options: FaultsOptions, apps: readonly string[], startMs: number): RunScript {
  const { seed, budgets, durationMs } = options;
  const times = timesOf(durationMs);
  const { faultsFromMs: fromMs, faultsUntilMs: untilMs, minimums } = times;
  const faults = planFaults({ seed, fromMs, untilMs, minimums, apps });
  const start = Temporal.Instant.fromEpochMilliseconds(startMs);
  const end = start.add({ milliseconds: times.untilMs });
  const stories = new Stories(seed, times, start, secondsOfKills(faults)).make(budgets);
  const invalid = invalidMessages(seed, Math.ceil(budgets / INVALID_SHARE), times);
  return {
    startMs,
    endMs: end.epochMilliseconds,
    faults,
    chains: stories.map((story) => expectedOf(story, end)),
    invalid,
    publications: [...stories.flatMap(({ publications }) => publications), ...invalid],
    toldBeforeMs: times.graceMs / 2,
  };
}
