import { checkBudget } from './budget-checks';
import { Chains, type Link } from './chains';
import { checkDeadLetters } from './dead-letter-checks';
import type { Difference } from './difference';
import type { Evidence } from './evidence';
import type { Span } from './fault-windows';
import { type Lateness, latenessOf } from './lateness';
import type { ExpectedBudget } from './model';
import type { Confirmation } from './patient-publisher';
import type { InvalidMessage } from './story';
import { checkSurplus } from './surplus-checks';

/** What was done to the system. */
export interface Input {
  /** The budgets that were told of, each with those that must follow from it. */
  readonly chains: readonly (readonly ExpectedBudget[])[];
  readonly invalid: readonly InvalidMessage[];
  readonly confirmations: ReadonlyMap<string, Confirmation>;
  readonly faults: readonly Span[];
  /** How long after a fault something may be late. */
  readonly recoveryMs: number;
  /** How long a renewal may take while nothing is wrong, in ms. */
  readonly onTimeMs: number;
  /** How long before a renewal is due the system must have been told not to do it, in ms. */
  readonly toldBeforeMs: number;
}

/** What the audit came to. */
export interface Findings {
  readonly differences: readonly Difference[];
  readonly links: readonly Link[];
  /** The budgets that were given up or moved away too late to say what is right: the broker was away. */
  readonly unjudged: readonly string[];
  /** Of every renewal that was done. */
  readonly lateness: readonly Lateness[];
}

/** Compares what was done to the system with what is to be seen of it. Knows nothing but its arguments. */
export function audit(input: Input, evidence: Evidence): Findings {
  const chains = new Chains(evidence);
  const judged = input.chains.filter(([first]) => isToldInTime(first!, input));
  const links = judged.flatMap((chain) => chains.follow(chain));
  const unjudged = input.chains.filter((chain) => !judged.includes(chain)).map(([first]) => first!.story.budgetId);
  const lateness = links
    .map((link) => latenessOf(link, input.confirmations, input.faults, input.recoveryMs))
    .filter((each) => each !== undefined);
  const differences = [
    ...links.flatMap((link) => checkBudget(link, evidence.timers)),
    ...checkSurplus(
      links,
      unjudged.flatMap((id) => chains.familyOf(id)),
      evidence,
    ),
    ...checkDeadLetters({ ...input, deadLetters: evidence.deadLetters }),
    ...lateness.filter(({ unexcusedMs }) => unexcusedMs > input.onTimeMs).map((each) => late(each, input.onTimeMs)),
  ];
  return { differences, links, lateness, unjudged };
}

/** What keeps a budget from being renewed may reach the broker so late that the renewal is just as right. */
function isToldInTime({ story: { lastWord } }: ExpectedBudget, { confirmations, toldBeforeMs }: Input): boolean {
  if (!lastWord) return true;
  const toldMs = confirmations.get(lastWord.id)?.confirmedAtMs ?? Number.POSITIVE_INFINITY;
  return toldMs <= lastWord.beforeMs - toldBeforeMs;
}

function late({ link, readyMs, doneMs, lateMs, unexcusedMs }: Lateness, onTimeMs: number): Difference {
  return {
    what: 'a renewal is late',
    about: String(link.id),
    expected: `done by itself within ${onTimeMs} ms`,
    found: { lateMs, unexcusedMs, from: new Date(readyMs).toISOString(), to: new Date(doneMs).toISOString() },
    context: { story: link.expected.story.kind, generation: link.expected.generation, task: link.task },
  };
}
