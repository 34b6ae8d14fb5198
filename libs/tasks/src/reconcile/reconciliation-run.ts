import { errorLine } from '@budget-buddy/platform';
import type { Temporal } from 'temporal-polyfill';
import type { OpenTask } from '../ledger/open-task';
import type { UnreadableTask } from '../ledger/open-tasks';
import type { Pace } from './pace';
import { type Findings, nothingFound } from './reconciliation';

/** Of all that are alike, so many are named. */
const MOST_NAMED = 5;

/** One reconciliation under way: how it may go on, and what it has found so far. */
export class ReconciliationRun {
  readonly findings: Findings = nothingFound();
  private readonly named: Record<'unreadable' | 'unmended', string[]> = { unreadable: [], unmended: [] };

  /** @param timersUntil the due time until which all tasks had been given their timers before; null: without limit. */
  constructor(
    readonly pace: Pace,
    private readonly timersUntil: Temporal.Instant | null,
  ) {}

  /** Some of the tasks that are for people to deal with, each with what is wrong. */
  get examples(): Readonly<Partial<Record<'unreadable' | 'unmended', readonly string[]>>> {
    return Object.fromEntries(Object.entries(this.named).filter(([, examples]) => examples.length > 0));
  }

  /** Whether a task without a timer has had none before because it was due beyond the horizon. */
  hasJustEntered({ dueAtMs }: OpenTask): boolean {
    return this.timersUntil !== null && dueAtMs > this.timersUntil.epochMilliseconds;
  }

  tellUnreadable({ key, why }: UnreadableTask): void {
    this.tell('unreadable', `${JSON.stringify(key)}: ${why}`);
  }

  tellUnmended({ key }: OpenTask, error: unknown): void {
    this.tell('unmended', `${JSON.stringify(key)}: ${errorLine(error)}`);
  }

  private tell(what: 'unreadable' | 'unmended', told: string): void {
    this.findings[what] += 1;
    const named = this.named[what];
    const example = told.slice(0, 500);
    // What is due soon is looked at more than once.
    if (named.length < MOST_NAMED && !named.includes(example)) named.push(example);
  }
}
