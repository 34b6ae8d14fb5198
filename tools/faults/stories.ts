import type { Temporal } from 'temporal-polyfill';
import { RandomTerms } from './random-terms';
import type { RunTimes } from './run-times';
import { SeededRandom } from './seeded-random';
import { type Publication, type Story, type StoryKind, type Terms, wireOf } from './story';

/** Of a hundred budgets, how many go through which story. */
const SHARES: Record<StoryKind, number> = {
  plain: 25,
  'told of twice': 12,
  'due at one instant': 20,
  'renewed twice': 10,
  'catches up': 6,
  'moved nearer': 6,
  'moved away': 4,
  'given up': 7,
  'given up before it was told of': 5,
  'due after the run': 5,
};

/** How long before a renewal is due its budget is told of. */
const LONGEST_LEAD_MS = 60_000;
const SHORTEST_LEAD_MS = 3_000;
const DAY_MS = 86_400_000;

/** Makes up the budgets of a run: the same for the same seed, but for their dates, which follow from when it starts. */
export class Stories {
  private readonly random: SeededRandom;
  private readonly terms: RandomTerms;
  private published = 0;

  constructor(
    seed: string,
    private readonly times: RunTimes,
    private readonly start: Temporal.Instant,
    /** When many budgets are due at one instant, in ms after the start. */
    private readonly bursts: readonly number[],
  ) {
    this.random = new SeededRandom(`${seed}/stories`);
    this.terms = new RandomTerms(this.random, start);
  }

  make(count: number): Story[] {
    const bag = Object.entries(SHARES).flatMap(([kind, share]) => Array<StoryKind>(share).fill(kind as StoryKind));
    return Array.from({ length: count }, (_, index) => this.story(bag[Math.floor((index * bag.length) / count)]!));
  }

  private story(kind: StoryKind): Story {
    switch (kind) {
      case 'plain':
        return this.plain(kind);
      case 'told of twice':
        return this.toldTwice(kind);
      case 'due at one instant':
        return this.plain(kind, this.random.pick(this.bursts));
      case 'renewed twice':
        return this.renewedTwice(kind);
      case 'catches up':
        return this.catchesUp(kind);
      case 'moved nearer':
      case 'moved away':
        return this.moved(kind);
      case 'given up':
        return this.givenUp(kind);
      case 'given up before it was told of':
        return this.givenUpFirst(kind);
      case 'due after the run':
        return this.plain(kind, this.afterRunMs());
    }
  }

  private plain(kind: StoryKind, dueMs = this.anyDueMs()): Story {
    const [budgetId, terms] = [this.random.uuid(), this.terms.dueAt(dueMs)];
    return { kind, budgetId, terms, publications: [this.created(budgetId, terms, this.before(dueMs))] };
  }

  private toldTwice(kind: StoryKind): Story {
    const story = this.plain(kind);
    const first = story.publications[0]!;
    const copies = Array.from({ length: this.random.integer(1, 3) }, () => ({
      ...first,
      id: this.nextId(),
      atMs: Math.min(this.times.untilMs, first.atMs + this.random.pick([0, 50, 1_000, 20_000])),
      isCopy: true,
    }));
    return { ...story, publications: [first, ...copies] };
  }

  /** The first period ends off its boundary, which comes within the run, too. */
  private renewedTwice(kind: StoryKind): Story {
    const secondDueMs = this.random.integer(10_000, this.times.untilMs);
    const firstDueMs = this.random.integer(SHORTEST_LEAD_MS, secondDueMs - 2_000);
    const budgetId = this.random.uuid();
    const terms = this.terms.withDue(this.terms.dueAt(secondDueMs), firstDueMs);
    return { kind, budgetId, terms, publications: [this.created(budgetId, terms, this.before(firstDueMs))] };
  }

  /** Told of months too late: its renewals are due at once, one after the other. */
  private catchesUp(kind: StoryKind): Story {
    const budgetId = this.random.uuid();
    const terms = this.terms.dueAt(-this.random.integer(40, 130) * DAY_MS, 'monthly');
    const atMs = this.random.integer(0, this.times.untilMs - SHORTEST_LEAD_MS);
    return { kind, budgetId, terms, publications: [this.created(budgetId, terms, atMs)] };
  }

  /** Its end changes; the two events may be told of in either order, for they say when they occurred. */
  private moved(kind: 'moved nearer' | 'moved away'): Story {
    const budgetId = this.random.uuid();
    const nearer = kind === 'moved nearer';
    const inRunMs = nearer ? this.anyDueMs() : this.lateDueMs();
    const terms = this.terms.dueAt(nearer ? inRunMs : this.afterRunMs());
    const before = this.terms.withDue(terms, nearer ? this.afterRunMs() : inRunMs);
    const latestMs = nearer ? this.before(inRunMs) : this.lastWordBefore(inRunMs);
    const publications = [
      this.created(budgetId, before, this.random.integer(0, latestMs), 1),
      this.created(budgetId, terms, this.random.integer(0, latestMs), 2),
    ];
    const story = { kind, budgetId, terms, publications };
    return nearer ? story : { ...story, lastWord: this.lastWord(publications[1]!, inRunMs) };
  }

  private givenUp(kind: StoryKind): Story {
    const dueMs = this.lateDueMs();
    const [budgetId, terms] = [this.random.uuid(), this.terms.dueAt(dueMs)];
    const givenUpMs = this.random.integer(0, this.lastWordBefore(dueMs));
    const created = this.created(budgetId, terms, this.random.integer(0, givenUpMs));
    return this.endedAt(givenUpMs, dueMs, { kind, budgetId, terms, publications: [created] });
  }

  private givenUpFirst(kind: StoryKind): Story {
    const dueMs = this.lateDueMs();
    const [budgetId, terms] = [this.random.uuid(), this.terms.dueAt(dueMs)];
    const givenUpMs = this.random.integer(0, this.lastWordBefore(dueMs));
    const created = this.created(budgetId, terms, this.random.integer(givenUpMs, dueMs - SHORTEST_LEAD_MS));
    return this.endedAt(givenUpMs, dueMs, { kind, budgetId, terms, publications: [created] });
  }

  private endedAt(atMs: number, dueMs: number, story: Story): Story {
    const givenUp = this.start.add({ milliseconds: atMs });
    const event = this.random.pick(['BudgetDeactivated', 'BudgetDeactivatedEvent']);
    const body = { budget_id: story.budgetId, deactivation_date: givenUp.toString() };
    const publication = { id: this.nextId(), atMs, event, body };
    const lastWord = this.lastWord(publication, dueMs);
    return { ...story, givenUp, lastWord, publications: [...story.publications, publication] };
  }

  private lastWord({ id }: Publication, dueMs: number): Story['lastWord'] {
    return { id, beforeMs: this.start.epochMilliseconds + dueMs };
  }

  private created(budgetId: string, terms: Terms, atMs: number, version = 1): Publication {
    // Later for the later version, whenever they are published.
    const occurredOn = this.start.subtract({ hours: 1 }).add({ minutes: version });
    return { id: this.nextId(), atMs, event: 'BudgetCreated', body: wireOf(budgetId, terms, occurredOn) };
  }

  private anyDueMs(): number {
    return this.random.integer(SHORTEST_LEAD_MS, this.times.untilMs);
  }

  private lateDueMs(): number {
    return this.random.integer(Math.ceil(this.times.graceMs), this.times.untilMs);
  }

  /** By then it must be known that what is due then is not to be renewed. */
  private lastWordBefore(dueMs: number): number {
    return Math.floor(Math.min(this.times.lastWordMs, dueMs - this.times.graceMs));
  }

  private afterRunMs(): number {
    return this.times.untilMs + this.random.integer(2, 20) * DAY_MS;
  }

  /** A moment to tell of what is due then. */
  private before(dueMs: number): number {
    const latestMs = Math.max(0, Math.min(dueMs, this.times.untilMs) - SHORTEST_LEAD_MS);
    return this.random.integer(Math.max(0, latestMs - LONGEST_LEAD_MS), latestMs);
  }

  private nextId(): string {
    return `event-${++this.published}`;
  }
}
