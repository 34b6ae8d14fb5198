import { isShared, type Tx } from '@budget-buddy/platform';
import { TestLedger } from '@budget-buddy/testing';
import fc from 'fast-check';
import { Temporal } from 'temporal-polyfill';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TaskChange } from './task-change';
import type { TaskRecord, TaskStatus } from './task-record';

type Transact = (work: (tx: Tx) => Promise<TaskRecord>) => Promise<TaskRecord>;

let own: TestLedger;

beforeAll(async () => void (own = await TestLedger.open('2027-01-31T00:00:00.123Z')));
afterAll(() => own?.drop());

const at = (text: string) => Temporal.Instant.from(text);

/** All that a change may touch is set, so that what is kept differs from what is taken away. */
const EVENTFUL: TaskChange = {
  status: 'failed',
  reason: 'no stamps',
  result: { sheets: 2 },
  attempts: 3,
  entry: { what: 'moved', at: '2027-01-01T00:00:00Z' },
};

/** One that has been through {@link EVENTFUL}. */
async function eventfulTask(): Promise<TaskRecord> {
  return own.database.transaction(async (tx) => {
    const task = await own.insert(tx, own.newKey());
    return own.ledger.change(tx, task!, EVENTFUL);
  });
}

const changeIn = (transact: Transact, task: TaskRecord, change: TaskChange) =>
  transact(async (tx) => own.ledger.change(tx, (await own.ledger.lock(tx, task.key))!, change));

/** Makes each change to a task of its own, all at once. @returns the tasks as the changes say they are, and as they are. */
async function changedBy(transact: Transact, changes: readonly TaskChange[]) {
  const tasks = await Promise.all(changes.map(() => eventfulTask()));
  own.clock.advanceTo(own.clock.now().add({ milliseconds: 1 }));
  const returned = await Promise.all(changes.map((change, index) => changeIn(transact, tasks[index]!, change)));
  const found = await Promise.all(tasks.map(({ key }) => own.ledger.find(key)));
  return { returned, found };
}

const STATUSES: TaskStatus[] = ['scheduled', 'retrying', 'succeeded', 'skipped', 'failed', 'cancelled'];

const alone: [string, TaskChange][] = [
  ...STATUSES.map((status): [string, TaskChange] => [`status ${status}`, { status }]),
  ['a reason', { status: 'failed', reason: 'address unknown' }],
  ['no reason any more', { status: 'failed', reason: null }],
  ['a result', { status: 'failed', result: ['Ada', 1, { of: null }] }],
  ['no result any more', { status: 'failed', result: null }],
  ['attempts', { status: 'failed', attempts: 4 }],
  ['no attempts any more', { status: 'failed', attempts: 0 }],
  ['more attempts than a row may have', { status: 'failed', attempts: 1_000_000_001 }],
  ['an eta', { status: 'failed', eta: at('2027-03-01T00:00:00.001Z') }],
  ['a due time', { status: 'failed', dueAt: at('2027-03-02T00:00:00.002Z') }],
  ['a queue', { status: 'failed', queue: 'parcels' }],
  ['a payload', { status: 'failed', payload: { payload: { to: 'Grace' }, payloadVersion: 3 } }],
  ['another timer', { status: 'failed', replacesTimer: true }],
  ['the same timer', { status: 'failed', replacesTimer: false }],
  ['an entry', { status: 'failed', entry: { what: 'replayed', at: '2027-03-03T00:00:00Z', reason: 'asked for' } }],
];

const text = fc.string({ unit: 'grapheme', maxLength: 10 });
const instant = fc.integer({ min: 0, max: 7e12 }).map((ms) => Temporal.Instant.fromEpochMilliseconds(ms));
/** What JSON gives back as it was. */
const json = fc
  .jsonValue({ maxDepth: 2, stringUnit: 'grapheme' })
  .map((value) => JSON.parse(JSON.stringify(value)) as unknown);
const anyChange = fc.record<TaskChange, 'status'>(
  {
    status: fc.constantFrom(...STATUSES),
    reason: fc.option(text),
    result: json,
    attempts: fc.nat({ max: 2_000_000_000 }),
    eta: instant,
    dueAt: instant,
    queue: fc.string({ unit: 'grapheme', minLength: 1, maxLength: 10 }),
    payload: fc.record({ payload: fc.dictionary(text, json), payloadVersion: fc.integer({ min: 1, max: 9 }) }),
    replacesTimer: fc.boolean(),
    entry: fc.record({ what: fc.constant('put-off'), at: instant.map(String), reason: text }),
  },
  { requiredKeys: ['status'] },
);

describe.each<[string, Transact, boolean]>([
  ['a transaction of its own', (work) => own.database.transaction(work), false],
  ['a shared transaction', (work) => own.database.sharedTransaction(work), true],
])('a task that is changed in %s', (_, transactAs, shared) => {
  const transact: Transact = (work) =>
    transactAs((tx) => {
      expect(isShared(tx)).toBe(shared);
      return work(tx);
    });

  it('is what the change says it is: each thing that may change alone', async () => {
    const { returned, found } = await changedBy(
      transact,
      alone.map(([, change]) => change),
    );
    const named = (records: readonly unknown[]) => records.map((record, index) => [alone[index]![0], record]);
    expect(named(returned)).toEqual(named(found));
  });

  it('has to be there: otherwise nothing of the transaction is committed', async () => {
    const task = await eventfulTask();
    const change = transact(async (tx) => {
      await own.ledger.change(tx, task, { status: 'failed', reason: 'lost' });
      return own.ledger.change(tx, { ...task, key: own.newKey() }, EVENTFUL);
    });
    await expect(change).rejects.toThrow('0 of 1 tasks are in the ledger');
    expect(await own.ledger.find(task.key)).toEqual(task);
  });

  it('is what the change says it is: whatever changes together', () =>
    fc.assert(
      fc.asyncProperty(fc.array(anyChange, { minLength: 1, maxLength: 5 }), async (changes) => {
        const { returned, found } = await changedBy(transact, changes);
        expect(returned).toEqual(found);
      }),
      { numRuns: 50 },
    ));
});
