import { waitFor } from '@budget-buddy/testing';
import type { Message } from 'amqplib';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AppProcess } from '../../tools/apps/app-process';
import { budgetCreated, endingIn, type Wire } from '../support/budget-events';
import { WholeSystem } from '../support/whole-system';
import { type Edit, EditedRows } from './edited-rows';

const UNKNOWN = /is not known \(yet\).*retries are spent/;
const HUGE = JSON.stringify(Array.from({ length: 20_000 }, (_, n) => ({ what: 'moved', at: 'x', reason: `${n}` })));

/** Whatever the row says, the ledger says what came of it. */
const tasks: [what: string, edit: Edit, status: string, reason: RegExp][] = [
  ['a payload that is text', { payload: '"x"' }, 'scheduled', /put off: .*\(payload\) is 'x', expected: a JSON object/],
  ['a payload that is null', { payload: 'null' }, 'scheduled', /put off: .*\(payload\) is null/],
  ['a payload that is a list', { payload: '[1]' }, 'scheduled', /put off: .*\(payload\) is \[ 1 \]/],
  ['a payload without its fields', { payload: '{}' }, 'scheduled', /put off: .*budgetId/],
  ['a payload of no version', { payload_version: '-1' }, 'scheduled', /put off: .*\(version\) is -1/],
  ['a payload of the last version', { payload_version: '2147483647' }, 'scheduled', /put off: .*2147483647/],
  ['a name that no task has', { name: "x'; drop table tasks.task; --" }, 'scheduled', /put off: .*drop table/],
  ['a history that is an object', { history: '{"at":1}', payload: '1' }, 'scheduled', /put off/],
  ['a history that is null', { history: 'null', payload: '1' }, 'scheduled', /put off/],
  ['a history of null', { history: '[null]', payload: '1' }, 'scheduled', /put off/],
  ['a history without times', { history: '[{"what":"put-off","at":[]}]', payload: '1' }, 'scheduled', /put off/],
  ['a history that is text', { history: '"x"' }, 'failed', UNKNOWN],
  ['a history of 20,000 entries', { history: HUGE }, 'failed', UNKNOWN],
  ['a billion attempts', { attempts: '1000000000' }, 'failed', /retries are spent/],
  ['another revision', { revision: '1000000000' }, 'failed', UNKNOWN],
  ['a result before it ran', { result: '5', reason: 'x' }, 'failed', UNKNOWN],
  ['a retry that nobody made', { status: 'retrying' }, 'failed', UNKNOWN],
];

const budgets: [edit: string, reason: RegExp][] = [
  ["time_zone = 'Mars/Olympus'", /budget [\da-f-]+ cannot be read from budgets.budget: .*MARS\/OLYMPUS/],
  ['total_limit = 9223372036854775807', /9223372036854775807/],
  ["categories = '5'", /categories/],
  ["ends_at = 'infinity'", /infinity/],
  ["name = ''", /name is ""/],
  ["user_id = '11111111-1111-4111-8111-111111111111'", /belongs to user/],
];

const published: [what: string, edit: Edit][] = [
  ['a body that is no JSON', { body: 'no json' }],
  ['a body that is a list', { body: '[1]' }],
  ['a body that is null', { body: 'null' }],
  ['no name', { type: '' }],
  ['no key', { ordering_key: '' }],
  ['the year 9999', { created_at: '9999-12-31T23:59:59Z' }],
  ['a billion refusals', { refusals: '1000000000' }],
];

const kept: [what: string, edit: Edit, error: RegExp][] = [
  ['a name that AMQP cannot carry', { type: 'x'.repeat(300) }, /./],
  ['a body over the limit', { body: 'x'.repeat(300_000) }, /300000 bytes/],
  ['a time before 1970', { created_at: '0001-01-01T00:00:00Z' }, /./],
];

/** Keys of tasks and ids of events, by what was written into them; all of it is there before the good ones come. */
const written = new Map<string, string>();
let system: WholeSystem;
let apps: AppProcess[];
let rows: EditedRows;
let renewals: Message[];

beforeAll(async () => {
  system = await WholeSystem.prepare({
    BUDGETBUDDY_RECONCILE_INTERVAL: 'PT1S',
    BUDGETBUDDY_RECONCILE_ALL_INTERVAL: 'PT2S',
    BUDGETBUDDY_TASK_RETRY_DELAY: 'PT0.1S',
  });
  apps = await Promise.all([system.start('worker'), system.start('scheduler')]);
  renewals = await system.broker.collect('BudgetRenewed');
  rows = new EditedRows(system);
  for (const [what, edit] of tasks) written.set(what, await rows.task(edit));
  for (const [what, edit] of [...published, ...kept]) written.set(what, await rows.event(edit));
  await Promise.all(budgets.map(async ([edit]) => written.set(edit, await rows.budget(edit))));
});
afterAll(() => system?.end());

async function taskComesTo(what: string, status: string, reason: RegExp): Promise<void> {
  const key = written.get(what)!;
  const seen = async () => {
    const task = await system.ledger.find(key);
    return `${task?.status}: ${task?.reason}`;
  };
  const arrived = async () => (await seen()).startsWith(`${status}: `) && reason.test(await seen());
  await waitFor(arrived, { timeoutMs: 20_000, description: `${key} to be ${status}, ${String(reason)}` }).catch(
    async (error: unknown) => {
      throw new Error(`it is ${await seen()}`, { cause: error });
    },
  );
}

async function event(what: string) {
  const id = written.get(what)!;
  return system.db.selectFrom('events.outbox').selectAll().where('message_id', '=', id).executeTakeFirstOrThrow();
}

describe('a row of the ledger that somebody has edited', () => {
  it.each(tasks)('with %s ends in a clear record', (what, _, status, reason) => taskComesTo(what, status, reason));

  it('with a queue that is not there is told in the log, and waits', async () => {
    const key = await rows.task({ queue: 'no-such-queue' });
    const isTold = () => apps.some((app) => /"stranded":1,.*open tasks are in queues that/.test(app.tail()));
    await waitFor(isTold, { description: 'the stranded task to be told' });
    expect(await system.ledger.find(key)).toMatchObject({ status: 'scheduled', reason: null });
  });
});

describe('a row of a budget that somebody has edited', () => {
  it.each(budgets)('%s: its renewal fails, says why, and whoever listens is told', async (edit, reason) => {
    await taskComesTo(edit, 'failed', reason);
    const key = written.get(edit)!;
    expect((await system.ledger.find(key))?.reason).not.toContain('then its failed()');
    const told = await system.db
      .selectFrom('events.outbox')
      .select('body')
      .where('type', '=', 'BudgetRenewalFailed')
      .execute();
    expect(told.filter(({ body }) => key.endsWith((JSON.parse(body) as Wire)['budget_id']))).toHaveLength(1);
  });

  it('is refused an end before its start', async () => {
    await expect(rows.budget("ends_at = '2000-01-01'")).rejects.toThrow('violates check constraint');
  });
});

describe('a row of the outbox that somebody has edited', () => {
  it.each(published)('with %s is published as it is', async (what) => {
    await waitFor(async () => (await event(what)).published_at, { description: 'it to be published' });
  });

  it.each(kept)('with %s is kept, and says why it cannot be published', async (what, _, error) => {
    await waitFor(async () => error.test((await event(what)).last_error ?? ''), { description: 'the reason' });
    expect(await event(what)).toMatchObject({ published_at: null });
  });

  it.each(["created_at = 'infinity'", "retry_at = '0044-03-15 BC'", 'refusals = 2147483647', 'refusals = -1'])(
    'is refused %s, which no relay could read or count on from',
    async (edit) => {
      const id = await rows.event();
      const edited = sql`update events.outbox set ${sql.raw(edit)} where message_id = ${id}`.execute(system.db);
      await expect(edited).rejects.toThrow('violates check constraint');
    },
  );
});

it('beside all of them a good budget is renewed, its event is published, and both apps are well', async () => {
  const good = budgetCreated(endingIn(1));
  await system.publish('BudgetCreated', good);
  await system.renewalIs('succeeded', good);
  const isTold = () => renewals.some(({ content }) => content.includes(`"old_budget_id":"${good.budget_id}"`));
  await waitFor(isTold, { description: 'the renewal to be told' });
  // An event that AMQP cannot carry costs the channel each time it is tried, and the app is not ready until it has another.
  const areReady = async () => {
    const answers = await Promise.all(apps.map((app) => fetch(`${app.address}/health/ready`)));
    return answers.every(({ status }) => status === 200);
  };
  await waitFor(areReady, { description: 'both apps to be ready' });
  expect(apps.every((app) => app.running)).toBe(true);
});
