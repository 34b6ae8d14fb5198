import { setTimeout as delay } from 'node:timers/promises';
import { Temporal } from 'temporal-polyfill';
import type { Confirmation, PatientPublisher } from '../faults/patient-publisher';
import { RandomTerms } from '../faults/random-terms';
import { SeededRandom } from '../faults/seeded-random';
import { type Story, wireOf } from '../faults/story';

/** A new budget is told of, and one falls due, so often, in ms. */
const EVERY_MS = 500;
/** How long before its renewal is due a budget of the steady stream is told of. */
const LEAD_MS = 3_000;

/** A budget that was told of, or is about to be. */
export interface Told {
  readonly story: Story;
  /** In ms since 1970. */
  readonly dueMs: number;
  /** Undefined until the broker has it. */
  confirmation?: Confirmation;
}

/** Budgets that other services tell of all the time, whatever happens to the broker, each with a renewal due soon. */
export class SteadyTraffic {
  readonly budgets: Told[] = [];
  private readonly random: SeededRandom;
  private readonly terms: RandomTerms;
  private readonly startMs: number;
  private readonly publishing = new Set<Promise<void>>();
  private readonly ending = new AbortController();
  private stream?: Promise<void>;

  constructor(
    seed: string,
    private readonly publisher: PatientPublisher,
    private readonly signal: AbortSignal,
  ) {
    const start = Temporal.Now.instant();
    this.startMs = start.epochMilliseconds;
    this.random = new SeededRandom(`${seed}/outages`);
    this.terms = new RandomTerms(this.random, start);
  }

  start(): void {
    this.stream = this.keepTelling();
  }

  /** Tells of no more; resolves when all that was begun is confirmed. */
  async end(): Promise<void> {
    this.ending.abort();
    await this.stream;
    await Promise.all(this.publishing);
  }

  /** Tells now of budgets whose renewals fall due all the time in that span. Resolves when they are confirmed. */
  async tellAhead(fromMs: number, untilMs: number): Promise<void> {
    const count = Math.ceil((untilMs - fromMs) / EVERY_MS);
    await Promise.all(Array.from({ length: count }, (_, index) => this.tell(fromMs + index * EVERY_MS)));
  }

  /** The ids of those that the broker had confirmed by then. */
  confirmedBy(untilMs: number): string[] {
    const confirmed = this.budgets.filter(({ confirmation }) => (confirmation?.confirmedAtMs ?? Infinity) <= untilMs);
    return confirmed.map(({ story }) => story.budgetId);
  }

  get confirmations(): ReadonlyMap<string, Confirmation> {
    const pairs = this.budgets.flatMap(({ story, confirmation }) =>
      confirmation ? [[story.publications[0]!.id, confirmation] as const] : [],
    );
    return new Map(pairs);
  }

  private async keepTelling(): Promise<void> {
    const stopped = AbortSignal.any([this.ending.signal, this.signal]);
    while (!stopped.aborted) {
      void this.tell(Date.now() + LEAD_MS);
      await delay(EVERY_MS, undefined, { signal: stopped }).catch(() => undefined);
    }
  }

  private tell(dueMs: number): Promise<void> {
    const told = this.make(dueMs);
    this.budgets.push(told);
    const { id, event, body } = told.story.publications[0]!;
    const publishing = this.publisher.publish(id, event, body, this.signal).then((confirmation) => {
      told.confirmation = confirmation;
    });
    const settled = publishing.catch(() => undefined).finally(() => this.publishing.delete(settled));
    this.publishing.add(settled);
    return publishing;
  }

  private make(dueMs: number): Told {
    const budgetId = this.random.uuid();
    const terms = this.terms.dueAt(dueMs - this.startMs);
    const body = wireOf(budgetId, terms, Temporal.Now.instant());
    const id = `budget-${this.budgets.length + 1}`;
    const publications = [{ id, atMs: Date.now() - this.startMs, event: 'BudgetCreated', body }];
    // Terms have whole seconds.
    const wholeDueMs = Math.floor(dueMs / 1_000) * 1_000;
    return { story: { kind: 'plain', budgetId, terms, publications }, dueMs: wholeDueMs };
  }
}
