import { setTimeout as delay } from 'node:timers/promises';
import { testDatabase, type TestDatabase } from '@budget-buddy/testing';
import { afterAll, afterEach, beforeAll, expect, it, vi } from 'vitest';
import { Database } from './database';

interface Held {
  /** As `performance.now()`. */
  begunAtMs(): number | undefined;
  letGo(): void;
  readonly done: Promise<void>;
}

let own: TestDatabase;
let held: Held[] = [];
beforeAll(async () => {
  own = await testDatabase([]);
  // Opening a connection takes longer than what is measured here.
  const database = databaseWith(6);
  await holdOneByOne(database, 8);
  await letAllGo();
});
afterEach(letAllGo);
afterAll(() => own.drop());

/** Of its pool all but two connections for each lane, and ten for all else, are spare. */
const databaseWith = (spareGroups: number, lanes = 1) => new Database(own.database.db, 10 + 2 * lanes + spareGroups);

/** Work whose transaction is as slow as a disk may be: it ends when it is let go of. */
function hold(database: Database, lane = 'lane'): Held {
  let letGo!: () => void;
  const gate = new Promise<void>((resolve) => (letGo = resolve));
  let begunAtMs: number | undefined;
  const done = database.sharedTransaction(() => {
    begunAtMs = performance.now();
    return gate;
  }, lane);
  const its = { begunAtMs: () => begunAtMs, letGo, done };
  held.push(its);
  return its;
}

/** Each in a transaction of its own. */
async function holdOneByOne(database: Database, count: number, lane?: string): Promise<void> {
  for (let index = 0; index < count; index++) await untilBegun(hold(database, lane));
}

async function letAllGo(): Promise<void> {
  for (const { letGo } of held) letGo();
  await Promise.all(held.map(({ done }) => done));
  held = [];
}

async function untilBegun({ begunAtMs }: Held): Promise<void> {
  await vi.waitFor(() => expect(begunAtMs()).toBeDefined(), { interval: 1 });
}

const quick = (database: Database, lane = 'lane') => database.sharedTransaction(() => Promise.resolve('done'), lane);

it('has what comes not wait for the few that are slow', async () => {
  const database = databaseWith(4);
  for (let time = 0; time < 5; time++) {
    await holdOneByOne(database, 5);
    expect(await quick(database)).toBe('done');
    await letAllGo();
  }
});

it('has what comes wait, and be taken together, when none is spare', async () => {
  const database = databaseWith(1);
  await holdOneByOne(database, 3);
  const late = [hold(database), hold(database)];
  await delay(100);
  expect(late.map(({ begunAtMs }) => begunAtMs())).toEqual([undefined, undefined]);
  held[0]!.letGo();
  await Promise.all(late.map(untilBegun));
});

it('has all lanes share the spare ones, and one that was refused get what another gives back', async () => {
  const database = databaseWith(1, 2);
  await holdOneByOne(database, 2, 'other');
  await holdOneByOne(database, 3, 'one');
  const late = hold(database, 'other');
  await delay(50);
  expect(late.begunAtMs()).toBeUndefined();
  held[4]!.letGo();
  await untilBegun(late);
});

it('has no room for what can wait when the next one would not begin soon, or none is spare', async () => {
  const database = databaseWith(6);
  await holdOneByOne(database, 5);
  expect(database.hasRoom('lane')).toBe(true);
  await holdOneByOne(database, 1);
  expect(database.hasRoom('lane')).toBe(false);
  expect(databaseWith(0).hasRoom('lane')).toBe(false);
});

it('has none spare for events, whose acknowledgements are to be in order', async () => {
  const database = databaseWith(6);
  const begun: string[] = [];
  let letGo!: () => void;
  const gate = new Promise<void>((resolve) => (letGo = resolve));
  const event = (name: string) =>
    database.sharedTransaction(() => {
      begun.push(name);
      return gate;
    });
  const events = [];
  for (const name of ['first', 'second', 'third']) {
    events.push(event(name));
    await delay(100);
  }
  expect(begun).toEqual(['first', 'second']);
  letGo();
  await Promise.all(events);
  expect(begun).toEqual(['first', 'second', 'third']);
});

it('begins none for a while where many came: they are the better off the more they share', async () => {
  const database = databaseWith(6);
  await untilBegun(hold(database));
  const [first] = Array.from({ length: 100 }, () => hold(database));
  await untilBegun(first!);
  const late = hold(database);
  await untilBegun(late);
  // The work in a transaction is begun some ms after it.
  expect(late.begunAtMs()! - first!.begunAtMs()!).toBeGreaterThan(25 * Math.log2(100 / 40) - 15);
});

it('begins them ever more seldom', async () => {
  const database = databaseWith(6);
  await holdOneByOne(database, 8);
  const [from, to] = [held[2]!.begunAtMs()!, held[7]!.begunAtMs()!];
  expect(to - from).toBeGreaterThan(2 + 4 + 8 + 16 + 16 - 20);
});
