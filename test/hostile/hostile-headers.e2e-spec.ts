import { type DeadLetter, deadLetterQueue, DeadLetters } from '@budget-buddy/events';
import { waitFor } from '@budget-buddy/testing';
import { connect, type ChannelModel, type ConfirmChannel, type Options } from 'amqplib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { budgetCreated, type Wire } from '../support/budget-events';
import { WholeSystem } from '../support/whole-system';
import { takeDeadLetters } from './dead-letters-by-id';
import { listsInEachOther, longString, RawPublisher, type RawProperties, shortString } from './raw-publisher';

const NOT_JSON = Buffer.from('no json');
const good = (): Wire => budgetCreated({ start_date: '2199-01-31T00:00:00Z' });
const bytesOf = (body: unknown) => Buffer.from(JSON.stringify(body));
const RETRY_DELAY_MS = 100;

let system: WholeSystem;
let connection: ChannelModel;
let channel: ConfirmChannel;
beforeAll(async () => {
  system = await WholeSystem.prepare({ BUDGETBUDDY_EVENT_RETRY_DELAYS: 'PT0.1S' });
  await system.start('scheduler');
  connection = await connect(system.broker.url);
  channel = await connection.createConfirmChannel();
});
afterAll(async () => {
  await connection?.close();
  await system?.end();
});

/** Straight into a queue, through the default exchange. */
async function send(queue: string, body: Buffer, options: Options.Publish): Promise<void> {
  channel.sendToQueue(queue, body, options);
  await channel.waitForConfirms();
}

async function isHandled(budget: Wire): Promise<void> {
  expect(await system.renewalIs('scheduled', budget)).toMatchObject({ payload: { budgetId: budget.budget_id } });
}

async function onlyLetter(): Promise<DeadLetter> {
  const letters = await takeDeadLetters(system, 1);
  expect(letters.size).toBe(1);
  return [...letters.values()][0]!;
}

/** As the tool for them looks at them, once there are some. */
async function lettersInTheirQueue(): Promise<DeadLetter[]> {
  const letters = await DeadLetters.connect({ urls: [system.broker.url] }, system.broker.queue);
  const found: DeadLetter[] = [];
  const look = () => letters.visit((letter) => (found.push(letter), 'keep'));
  await waitFor(async () => (await look(), found.length > 0), { description: 'a dead letter' });
  await letters.close();
  return found;
}

const deep = (depth: number): unknown => (depth === 0 ? 1 : { a: [deep(depth - 1)] });
const forged: [what: string, options: Options.Publish][] = [
  ['no past', {}],
  ['an x-death of a circle', { headers: { 'x-death': [{ queue: 'x', reason: 'expired', count: 1e9, exchange: '' }] } }],
  ['an x-death that is none', { headers: { 'x-death': { reason: 1 }, 'x-first-death-reason': 'rejected' } }],
  ['a thousand failures', { headers: { 'x-event-failures': 1_000 } }],
  ['failures below zero', { headers: { 'x-event-failures': -5, 'x-delivery-count': -1 } }],
  ['failures in words', { headers: { 'x-event-failures': 'NaN', 'x-event-first-received-at': '+275760-09-14' } }],
  [
    'failures in a table',
    { headers: { 'x-event-failures': { a: 1 }, 'x-event-history': [1], 'x-event-original': [] } },
  ],
  ['a past that is no JSON', { headers: { 'x-event-history': '{', 'x-event-original': 'null' } }],
  ['a past of other things', { headers: { 'x-event-history': '[1,null,{"at":{}},"x"]', 'x-event-original': '[1]' } }],
  [
    'a past of 60 KB',
    {
      headers: {
        'x-event-routing-key': 'BudgetCreated'.repeat(1_500),
        'x-event-exchange': 'e'.repeat(20_000),
        'x-event-history': `["${'é'.repeat(9_000)}"]`,
      },
    },
  ],
  [
    'a long past',
    { headers: { 'x-event-history': JSON.stringify(Array(120).fill({ at: 'x', attempt: 1, error: 'é'.repeat(60) })) } },
  ],
  ['another event for its past', { headers: { 'x-event-routing-key': 'BudgetDeactivated', 'x-event-failures': 3 } }],
  ['copies to further queues', { CC: ['nowhere'], BCC: ['nowhere'] }],
  ['tables in tables', { headers: { deep: deep(300) } }],
  ['many headers', { headers: Object.fromEntries(Array.from({ length: 2_000 }, (_, n) => [`h${n}`, n])) }],
  ['a header of 50 KB', { headers: { much: 'x'.repeat(50_000) } }],
  ['odd names', { headers: { '': 1, constructor: 'x', hasOwnProperty: 'x', toString: 'x', 'a\nb': '\u001b[2J' } }],
  ['odd properties', { type: 'BudgetDeactivated', priority: 255, timestamp: 2 ** 53, replyTo: 'nowhere', appId: '\n' }],
  [
    'a Celery task',
    { headers: { lang: 'py', task: 'budget_renewal_task', id: 'x', eta: null, retries: -1, timelimit: [null, null] } },
  ],
];

describe.each(forged)('a message with %s', (what, options) => {
  it('is handled when it is an event, and a dead letter when it is none', async () => {
    const budget = good();
    await system.publish('BudgetCreated', budget, { messageId: `good: ${what}`, ...options });
    await isHandled(budget);
    await system.publish('BudgetCreated', NOT_JSON, { messageId: what, ...options });
    const letter = await onlyLetter();
    expect(letter).toMatchObject({ event: 'BudgetCreated', reason: 'invalid' });
    expect(letter.error).toContain('expected JSON');
    expect(letter.message.properties.messageId).toBe(what);
    expect(letter.history).toHaveLength(1);
  });

  it('is no trouble in the queue itself, or where failed events wait', async () => {
    const [queued, waiting] = [good(), good()];
    const known = { ...options, type: 'BudgetCreated' };
    await send(system.broker.queue, bytesOf(queued), known);
    await send(`${system.broker.queue}.retry.${RETRY_DELAY_MS}`, bytesOf(waiting), known);
    if (what !== 'another event for its past') {
      await isHandled(queued);
      await isHandled(waiting);
    } else {
      const letters = [await onlyLetter(), await onlyLetter()];
      for (const { error } of letters) expect(error).toContain('deactivation_date is nothing');
    }
    await send(system.broker.queue, NOT_JSON, { ...known, messageId: what });
    expect(await onlyLetter()).toMatchObject({ reason: 'invalid', message: { content: NOT_JSON } });
  });
});

const HEADERS = 0x2000;
const CONTENT_TYPE_AND_MESSAGE_ID = 0x8000 | 0x0080;
const noText = Buffer.alloc(255, 0xff);
const table = (name: string | Buffer, value: Buffer) => longString(Buffer.concat([shortString(name), value]));

/** What no client library writes, and the broker takes. */
const raw: [what: string, properties: RawProperties, reason: string][] = [
  [
    'a message id and a content type that are no UTF-8',
    { flags: CONTENT_TYPE_AND_MESSAGE_ID, bytes: Buffer.concat([shortString(noText), shortString(noText)]) },
    'invalid',
  ],
  [
    'a name that is no UTF-8',
    { flags: HEADERS, bytes: table(noText, Buffer.concat([Buffer.from('S'), longString('x')])) },
    'invalid',
  ],
  ['lists 25,000 deep', { flags: HEADERS, bytes: table('deep', listsInEachOther(25_000)) }, 'unreadable-headers'],
];

describe.each(raw)('a message with %s', (_what, properties, reason) => {
  it('is a dead letter, and neither the connection nor those behind it suffer', async () => {
    const publisher = await RawPublisher.connect(system.broker.url);
    await publisher.publish(system.broker.exchange, 'BudgetCreated', properties, NOT_JSON);
    await publisher.close();
    const budget = good();
    await system.publish('BudgetCreated', budget);
    await isHandled(budget);
    expect(await lettersInTheirQueue()).toMatchObject([{ reason, message: { content: NOT_JSON } }]);
    await channel.purgeQueue(deadLetterQueue(system.broker.queue));
  });
});
