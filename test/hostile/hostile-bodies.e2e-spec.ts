import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import type { DeadLetter } from '@budget-buddy/events';
import type { Options } from 'amqplib';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { budgetCreated } from '../support/budget-events';
import type { AppProcess } from '../../tools/apps/app-process';
import { WholeSystem } from '../support/whole-system';
import { takeDeadLetters } from './dead-letters-by-id';

const NEVER_DUE = { start_date: '2199-01-31T00:00:00Z' };
const text = (fields: Record<string, unknown> = {}) => JSON.stringify(budgetCreated({ ...NEVER_DUE, ...fields }));
/** A good event, but for one value that is JSON's own: 1e999, -0, … */
const withRaw = (field: string, json: string) => text({ [field]: '@' }).replace('"@"', json);
const nested = (depth: number, open: string, close: string) => open.repeat(depth) + close.repeat(depth);
const utf16 = (body: string) => Buffer.from(`\ufeff${body}`, 'utf16le');

type Row = [what: string, body: string | Buffer, error: string | RegExp, options?: Options.Publish];

/** What is no event: each is a dead letter, whole, that says what was found where and what was expected. */
const refused: Row[] = [
  ['nothing', '', 'the body is "", expected JSON'],
  ['null', 'null', 'the body is null, expected a JSON object'],
  ['a list', '[]', 'the body is [], expected a JSON object'],
  ['a text', '"x"', 'the body is "x", expected a JSON object'],
  ['a number', '1e999', 'expected a JSON object'],
  ['two events in a row', text() + text(), 'expected JSON'],
  ['half an event', text().slice(0, 40), 'expected JSON'],
  ['NaN', withRaw('total_limit', 'NaN'), 'expected JSON'],
  [
    'a number with 400 digits',
    withRaw('total_limit', '9'.repeat(400)),
    /total_limit is null, expected it to be a whole/,
  ],
  ['1e999', withRaw('total_limit', '1e999'), 'total_limit is null, expected it to be a whole number'],
  ['2^53 + 1', withRaw('total_limit', '9007199254740993'), 'total_limit is 9007199254740992, expected'],
  ['a fraction of 400 digits', withRaw('total_limit', `0.${'1'.repeat(400)}`), 'total_limit is 0.1111'],
  ['a negative amount', text({ total_limit: -1 }), 'total_limit is -1'],
  ['an amount in quotes', text({ total_limit: '5' }), 'total_limit is "5"'],
  ['a list for an amount', text({ total_limit: [5] }), 'total_limit is [5]'],
  ['an object for an id', text({ user_id: { $ne: null } }), 'user_id is {'],
  ['lists 100,000 deep', nested(100_000, '[', ']'), 'expected a JSON object'],
  ['lists 100,000 deep in a field', withRaw('name', nested(100_000, '[', ']')), 'nested deeper than 16'],
  ['objects 20,000 deep', nested(20_000, '{"a":', '').slice(0, -1) + '1' + '}'.repeat(20_000), 'expected JSON'],
  [
    'objects 20,000 deep in a field',
    withRaw('name', '{"a":'.repeat(20_000) + '1' + '}'.repeat(20_000)),
    'nested deeper',
  ],
  ['a list of 120,000', withRaw('name', `[${'1,'.repeat(120_000)}1]`), 'more than 5000 values, expected a flat object'],
  ['categories by the thousand', withRaw('categories', `[${'{},'.repeat(4_000)}{}]`), 'no more than 5'],
  ['categories by the ten thousand', withRaw('categories', `[${'{},'.repeat(80_000)}{}]`), 'more than 5000 values'],
  ['categories of null', text({ categories: [null] }), 'categories is [null]'],
  ['__proto__ for a whole event', `{"__proto__":${text()}}`, 'budget_id is nothing'],
  [
    'a prototype with the missing field',
    withRaw('__proto__', '{"name":"Groceries"}').replace(/"name":"Gro[^,]*,/, ''),
    'name is nothing',
  ],
  [
    'constructor in nested fields',
    text({ strategy_parameters: { constructor: { prototype: { a: 1 } }, start_day: 99 } }),
    'strategy_parameters.start_day is 99',
  ],
  ['two names, the last one wrong', text().replace(/}$/, ',"name":1}'), 'name is 1, expected'],
  ['bytes that are no UTF-8', Buffer.from(text({ name: 'Groc\xffries' }), 'latin1'), 'expected text in UTF-8'],
  ['UTF-16', utf16(text()), 'expected text in UTF-8'],
  ['half a character', text({ name: 'Groceries \ud800' }), 'name is "Groceries \\ud800"'],
  ['NUL', text({ name: 'Groc\0eries' }), 'name is "Groc\\u0000eries"'],
  ['a name of 200,000 letters', text({ name: 'x'.repeat(200_000) }), /name is "x{99}…, expected/],
  ['gzip', gzipSync(text()), 'expected text in UTF-8', { contentEncoding: 'gzip' }],
  ['a form', 'name=Groceries&total_limit=5', 'expected JSON', { contentType: 'application/x-www-form-urlencoded' }],
  ['a Celery task', '[["b","u"],{},{"callbacks":null}]', 'expected a JSON object', { contentEncoding: 'utf-8' }],
  [
    'a pickle',
    Buffer.from('80049503', 'hex'),
    'expected text in UTF-8',
    { contentType: 'application/x-python-serialize' },
  ],
  ['a body over the limit', Buffer.alloc(300_000, 0x20), 'the body has 300000 bytes, expected at most 262144'],
  ['a body far over the limit', Buffer.alloc(2_000_000, 0x20), 'the body has 2000000 bytes, too many to be read'],
  ...[
    ['year 1', '0001-01-01T00:00:00Z'],
    ['year 9999', '9999-12-31T23:59:59Z'],
    ['the last year of JavaScript', '+275760-09-13T00:00:00Z'],
    ['NaN for a date', 'NaN'],
    ['24 hours', '2027-01-31T24:00:00Z'],
    ['29 February of no leap year', '2027-02-29T00:00:00Z'],
    ['the 61st second', '2027-01-31T00:00:61Z'],
    ['an offset of days', '2027-01-31T00:00:00+99:00'],
    ['no offset', '2027-01-31T00:00:00'],
    ['a date and a zone', '2027-01-31T00:00:00+01:00[Europe/Berlin]'],
    ['SQL for a date', "2027-01-31'; drop table tasks.task; --"],
    ['a date of 100,000 digits', '2'.repeat(100_000)],
  ].map(([what, date]): Row => [what!, text({ start_date: date }), 'start_date is "']),
  ['seconds since 1970 for a date', text({ start_date: 1_800_000_000 }), 'start_date is 1800000000'],
  [
    'an end before the start',
    text({ end_date: '2199-01-30T00:00:00Z' }),
    'end_date is "2199-01-30T00:00:00Z", expected it to be after',
  ],
  ...[
    'Mars/Olympus',
    '+25:00',
    '../../etc/passwd',
    'Europe/Berlin\0',
    "'; drop schema tasks cascade; --",
    'UTC'.repeat(999),
  ].map((zone): Row => [`the zone ${zone.slice(0, 40)}`, text({ time_zone: zone }), 'time_zone is "']),
  ['SQL for an id', text({ budget_id: "' or 1=1; drop table tasks.task; --" }), 'budget_id is "\' or 1=1'],
];

/** What looks hostile and is a good event: its odd parts mean nothing, or are but text. */
const taken: [what: string, body: (id: string) => string | Buffer, options?: Options.Publish][] = [
  ['a byte order mark', (budget_id) => `\ufeff${text({ budget_id })}`],
  ['-0', (budget_id) => withRaw('total_limit', '-0').replace(/"budget_id":"[^"]*"/, `"budget_id":"${budget_id}"`)],
  [
    'keys of prototypes',
    (budget_id) =>
      text({ budget_id, constructor: 1, prototype: 2, toString: 3, has_own_property: 4 }).replace(
        /}$/,
        ',"__proto__":{"name":1,"polluted":true}}',
      ),
  ],
  ['SQL for a name', (budget_id) => text({ budget_id, name: "Robert'); drop table tasks.task; --" })],
  ['another content type', (budget_id) => text({ budget_id }), { contentType: 'text/html; charset=utf-16' }],
  ['no content type', (budget_id) => text({ budget_id }), { contentType: undefined }],
  ['a leap second', (budget_id) => text({ budget_id, start_date: '2198-12-31T23:59:60Z' })],
  ['200,000 letters that nobody asked for', (budget_id) => text({ budget_id, note: 'x'.repeat(200_000) })],
];

let system: WholeSystem;
let scheduler: AppProcess;
let letters: Map<string, DeadLetter>;
beforeAll(async () => {
  system = await WholeSystem.prepare();
  scheduler = await system.start('scheduler');
  for (const [what, body, , options] of refused) {
    await system.publish('BudgetCreated', Buffer.from(body), { messageId: what, ...options });
  }
  letters = await takeDeadLetters(system, refused.length);
});
afterAll(() => system?.end());

it.each(refused)('%s is a dead letter that says why', (what, body, error) => {
  const letter = letters.get(what);
  expect(letter?.message.content.equals(Buffer.from(body))).toBe(true);
  expect(letter?.reason).toBe(/^a body/.test(what) ? 'oversized' : 'invalid');
  expect(letter?.error).toMatch(error);
  expect(letter?.error.length).toBeLessThanOrEqual(600);
});

it.each(taken)('with %s an event is still an event', async (_what, body, options) => {
  const budget_id = randomUUID();
  await system.publish('BudgetCreated', Buffer.from(body(budget_id)), options);
  const { payload } = await system.renewalIs('scheduled', { budget_id });
  expect(payload).toMatchObject({ budgetId: budget_id });
});

it('none of it held up the others, and all tables are there', async () => {
  const good = budgetCreated(NEVER_DUE);
  await system.publish('BudgetCreated', good);
  await system.renewalIs('scheduled', good);
  expect(await system.taskCounts()).toEqual({ scheduled: taken.length + 1 });
});

const MB = 1_000_000;
const HUGE = 40 * MB;
const TOGETHER = 6;

/** The most memory the scheduler ever held, as Linux counts it. */
function peakMemory(): number {
  const status = readFileSync(`/proc/${scheduler.pid}/status`, 'utf8');
  return Number(/VmHWM:\s+(\d+) kB/.exec(status)![1]) * 1024;
}

it('huge bodies, many at once, never come into memory, and are dead letters whole, each once', async () => {
  const before = peakMemory();
  const huge = Buffer.alloc(HUGE, 'x');
  await Promise.all(
    Array.from({ length: TOGETHER }, (_, n) => system.publish('BudgetCreated', huge, { messageId: `huge ${n}` })),
  );
  const good = budgetCreated(NEVER_DUE);
  await system.publish('BudgetCreated', good);
  await system.renewalIs('scheduled', good);
  const dead = [...(await takeDeadLetters(system, TOGETHER)).values()];
  expect(dead.map(({ event, reason, error }) => [event, reason, error])).toEqual(
    Array(TOGETHER).fill(['BudgetCreated', 'oversized', `the body has ${HUGE} bytes, too many to be read`]),
  );
  for (const { message } of dead) expect(message.content.equals(huge)).toBe(true);
  expect(peakMemory() - before).toBeLessThan(2 * HUGE);
  expect(await system.broker.takeDeadLetters()).toEqual([]);
});
