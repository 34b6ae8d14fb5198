import { Temporal } from 'temporal-polyfill';
import { describe, expect, it } from 'vitest';
import { audit, type Input } from './audit';
import { renewalKey } from './chains';
import type { BudgetRow, Evidence, TaskRow, TimerEntry } from './evidence';
import { type ExpectedBudget, expectedOf } from './model';
import type { RecordedMessage } from './queue-recorder';
import { timesOf } from './run-times';
import { invalidMessages } from './invalid-messages';
import { Stories } from './stories';
import type { Publication } from './story';

const START = Temporal.Instant.from('2027-05-03T10:00:00Z');
const TIMES = timesOf(120_000);
const END = START.add({ milliseconds: TIMES.untilMs });

function madeInput(): Input {
  const stories = new Stories('1', TIMES, START, [30_000]).make(100);
  const invalid = invalidMessages('1', 7, TIMES);
  const publications = [...stories.flatMap((story) => story.publications), ...invalid];
  return {
    chains: stories.map((story) => expectedOf(story, END)),
    invalid,
    confirmations: new Map(
      publications.map(({ id, atMs }) => [
        id,
        { messageIds: [`${id}/1`], confirmedAtMs: START.epochMilliseconds + atMs },
      ]),
    ),
    faults: [],
    recoveryMs: 20_000,
    onTimeMs: 2_000,
    toldBeforeMs: 10_000,
  };
}

type Writable<Type> = { -readonly [Name in keyof Type]: Type[Name] };
interface World extends Evidence {
  budgets: Writable<BudgetRow>[];
  tasks: Writable<TaskRow>[];
  timers: Map<string, Writable<TimerEntry>>;
  events: Writable<RecordedMessage>[];
  deadLetters: Writable<RecordedMessage>[];
  unpublished: number;
}

/** What is to be seen of a system that did everything right. */
function perfectWorld({ chains, invalid, confirmations }: Input): World {
  const world: World = { budgets: [], tasks: [], timers: new Map(), events: [], deadLetters: [], unpublished: 0 };
  for (const chain of chains) {
    const toldMs = confirmedLast(chain[0]!.story.publications, confirmations);
    for (const each of chain) live(world, each, toldMs);
  }
  for (const message of invalid) {
    const body = Buffer.isBuffer(message.body) ? message.body : Buffer.from(JSON.stringify(message.body));
    world.deadLetters.push({
      messageId: `${message.id}/1`,
      event: 'budget-buddy.scheduler.dead-letters',
      content: body,
      headers: {
        'x-event-dead-letter-reason': message.reason,
        'x-event-dead-lettered-at': '2027-05-03T10:00:30Z',
      },
      atMs: START.epochMilliseconds,
    });
  }
  return world;
}

function confirmedLast(publications: readonly Publication[], confirmations: Input['confirmations']): number {
  return Math.max(
    ...publications.filter(({ isCopy }) => !isCopy).map(({ id }) => confirmations.get(id)!.confirmedAtMs),
  );
}

const idOf = (budgetId: string, generation: number) => (generation === 0 ? budgetId : `${budgetId}+${generation}`);

function live(world: World, { story, generation, period, dueAt, renewal }: ExpectedBudget, toldMs: number) {
  const { terms, budgetId } = story;
  const id = idOf(budgetId, generation);
  const next = idOf(budgetId, generation + 1);
  world.budgets.push({
    id,
    user_id: terms.userId,
    name: terms.name,
    total_limit: String(terms.totalLimit),
    currency: terms.currency,
    categories: terms.categories,
    strategy: terms.rule.strategy,
    time_zone: terms.rule.zone,
    starts_ms: period.start.epochMilliseconds,
    ends_ms: period.end.epochMilliseconds,
    renewal_of: generation === 0 ? null : idOf(budgetId, generation - 1),
    chain_id: budgetId,
  });
  const done = renewal === 'succeeded';
  world.tasks.push({
    key: renewalKey(id),
    status: renewal,
    due_ms: dueAt.epochMilliseconds,
    revision: 1,
    attempts: 0,
    reason: renewal === 'cancelled' ? 'deactivated on 2027-05-03T10:00:01Z' : null,
    result: done ? { renewed_budget_id: next } : null,
    history: done ? [{ what: 'attempt', outcome: 'succeeded' }] : [],
    finished_ms: renewal === 'scheduled' ? null : Math.max(toldMs, dueAt.epochMilliseconds) + 50 * (generation + 1),
  });
  const data = JSON.stringify({ key: renewalKey(id), revision: 1 });
  if (renewal === 'scheduled') world.timers.set(`${renewalKey(id)}-1`, { dueMs: dueAt.epochMilliseconds, data });
  if (!done) return;
  const content = Buffer.from(JSON.stringify({ old_budget_id: id, budget_id: next }));
  world.events.push({
    messageId: `m ${id}`,
    event: 'BudgetRenewed',
    content,
    headers: {},
    atMs: START.epochMilliseconds,
  });
}

const input = madeInput();
const found = (world: World, asked: Input = input) => [
  ...new Set(audit(asked, world).differences.map(({ what }) => what)),
];
const taskThat = (world: World, status: string) => world.tasks.find((task) => task.status === status)!;
const renewed = (world: World) => world.budgets.find(({ renewal_of }) => renewal_of !== null)!;

describe('the audit', () => {
  it('has nothing to say of a system that did everything right', () => {
    const { differences, lateness } = audit(input, perfectWorld(input));
    expect(differences).toEqual([]);
    expect(lateness.length).toBeGreaterThan(60);
  });

  it('is about stories of every kind', () => {
    expect(new Set(input.chains.map(([first]) => first!.story.kind)).size).toBe(10);
  });

  const damages: [what: string, damage: (world: World) => void][] = [
    ['a budget is not stored', (world) => void (world.budgets = world.budgets.slice(1))],
    ['a budget is stored with other terms', (world) => void (renewed(world).ends_ms += 1_000)],
    ['a budget is stored with other terms', (world) => void (renewed(world).total_limit += '0')],
    ['a budget has no task', (world) => void world.tasks.splice(world.tasks.indexOf(taskThat(world, 'scheduled')), 1)],
    ['a task is not succeeded', (world) => void (taskThat(world, 'succeeded').status = 'retrying')],
    ['a task is not cancelled', (world) => void (taskThat(world, 'cancelled').status = 'skipped')],
    ['a task is due at another time', (world) => void (taskThat(world, 'scheduled').due_ms += 1)],
    [
      'a task has other attempts in its history',
      (world) => void (taskThat(world, 'succeeded').history = [{ what: 'attempt', outcome: 'failed' }]),
    ],
    [
      'a task has other attempts in its history',
      (world) => {
        const task = taskThat(world, 'succeeded');
        task.history = [...task.history, ...task.history];
      },
    ],
    ['a task is cancelled for another reason', (world) => void (taskThat(world, 'cancelled').reason = 'renewed by x')],
    ['a budget is renewed twice', (world) => void world.budgets.push({ ...renewed(world), id: 'second' })],
    [
      'a budget is renewed that must not be',
      (world) => {
        const budget = taskThat(world, 'cancelled').key.replace('renew-budget-', '');
        world.budgets.push({ ...renewed(world), id: 'second', renewal_of: budget });
      },
    ],
    [
      'a renewal is missing',
      (world) => void (world.budgets = world.budgets.filter((row) => row.id !== renewed(world).id)),
    ],
    [
      "a task's result names another successor",
      (world) => void (taskThat(world, 'succeeded').result = { renewed_budget_id: 'other' }),
    ],
    ['the event of a renewal is lost', (world) => void world.events.pop()],
    [
      'the event of a renewal has several message ids',
      (world) => void world.events.push({ ...world.events[0]!, messageId: 'other' }),
    ],
    [
      'an event tells of another successor',
      (world) => {
        const { old_budget_id } = JSON.parse(world.events[0]!.content.toString()) as { old_budget_id: string };
        world.events[0]!.content = Buffer.from(JSON.stringify({ old_budget_id, budget_id: 'other' }));
      },
    ],
    [
      'an event tells of a renewal that must not be',
      (world) => {
        const old_budget_id = taskThat(world, 'cancelled').key.replace('renew-budget-', '');
        world.events.push({ ...world.events[0]!, content: Buffer.from(JSON.stringify({ old_budget_id })) });
      },
    ],
    [
      'BudgetRenewed that no story leads to',
      (world) => void world.events.push({ ...world.events[0]!, content: Buffer.from('{"old_budget_id":"nobody"}') }),
    ],
    [
      'BudgetRenewalFailed that no story leads to',
      (world) => void world.events.push({ ...world.events[0]!, event: 'BudgetRenewalFailed' }),
    ],
    ['a scheduled task has no timer', (world) => void world.timers.delete([...world.timers.keys()][0]!)],
    ['a timer is not as its task wants it', (world) => void ([...world.timers.values()][0]!.dueMs += 5_000)],
    ['a timer is not as its task wants it', (world) => void ([...world.timers.values()][0]!.data = undefined)],
    ['a budget that nobody told of', (world) => void world.budgets.push({ ...world.budgets[0]!, id: 'stray' })],
    ['a task that nobody asked for', (world) => void world.tasks.push({ ...world.tasks[0]!, key: 'stray' })],
    ['events that were never published', (world) => void (world.unpublished = 1)],
    ['an invalid message is not among the dead letters', (world) => void world.deadLetters.pop()],
    ['a dead letter is not whole', (world) => void (world.deadLetters[0]!.content = Buffer.from('{'))],
    [
      'a dead letter has another reason',
      (world) => void (world.deadLetters[0]!.headers = { 'x-event-dead-letter-reason': 'exhausted' }),
    ],
    [
      'a dead letter is there twice',
      (world) => {
        const [letter] = world.deadLetters;
        const headers = { ...letter!.headers, 'x-event-dead-lettered-at': '2027-05-03T10:01:30Z' };
        world.deadLetters.push({ ...letter!, headers });
      },
    ],
    [
      'a message is among the dead letters that must not be',
      (world) => void world.deadLetters.push({ ...world.deadLetters[0]!, messageId: 'event-1/1' }),
    ],
    ['a renewal is late', (world) => void (taskThat(world, 'succeeded').finished_ms! += 60_000)],
  ];

  it.each(damages)('finds that %s', (what, damage) => {
    const world = perfectWorld(input);
    damage(world);
    expect(found(world)).toContain(what);
  });

  it('counts an event that is told again, and a letter that is delivered again, as the same one', () => {
    const world = perfectWorld(input);
    world.events.push({ ...world.events[0]! });
    world.deadLetters.push({ ...world.deadLetters[0]! });
    expect(found(world)).toEqual([]);
  });

  it('takes no account of what a fault holds up, until it should have recovered', () => {
    const world = perfectWorld(input);
    const task = taskThat(world, 'succeeded');
    const readyMs = task.finished_ms!;
    task.finished_ms = readyMs + 30_000;
    const until = (toMs: number) => ({ ...input, faults: [{ fromMs: readyMs - 1_000, toMs }] });
    expect(found(world, until(readyMs + 15_000))).toEqual([]);
    expect(found(world, until(readyMs + 5_000))).toEqual(['a renewal is late']);
  });

  it('does not judge what was given up too late for it to be clear', () => {
    const { story } = input.chains.find(([first]) => first!.story.lastWord)![0]!;
    const { id, beforeMs } = story.lastWord!;
    const told = (confirmedAtMs: number) => {
      const confirmations = new Map([...input.confirmations, [id, { messageIds: [`${id}/2`], confirmedAtMs }]]);
      const world = perfectWorld(input);
      world.budgets.push({ ...renewed(world), id: 'second', renewal_of: story.budgetId });
      world.tasks.push({ ...world.tasks[0]!, key: 'renew-budget-second' });
      return audit({ ...input, confirmations }, world);
    };
    expect(told(beforeMs - 11_000).differences.map(({ what }) => what)).toContain(
      'a budget is renewed that must not be',
    );
    expect(told(beforeMs - 9_000)).toMatchObject({ differences: [], unjudged: [story.budgetId] });
  });

  it('lets a dead letter be there twice where a fault struck in between', () => {
    const world = perfectWorld(input);
    const [letter] = world.deadLetters;
    const headers = { ...letter!.headers, 'x-event-dead-lettered-at': '2027-05-03T10:00:33Z' };
    world.deadLetters.push({ ...letter!, headers });
    const fromMs = Date.parse('2027-05-03T10:00:31Z');
    expect(found(world, { ...input, faults: [{ fromMs, toMs: fromMs + 1 }] })).toEqual([]);
  });
});
