import type { ConsumeMessage } from 'amqplib';
import { Temporal } from 'temporal-polyfill';
import { describe, expect, it } from 'vitest';
import { contextOf, readDelivery } from './delivery';
import { deadLetterCopy, retryCopy } from './message-copy';
import { RETRY_HEADERS } from './retry-headers';

// What amqplib itself writes with.
// eslint-disable-next-line @typescript-eslint/no-require-imports
const { encodeTable } = require('amqplib/lib/codec') as {
  encodeTable(buffer: Buffer, table: object, offset: number): number;
};

const now = Temporal.Instant.from('2026-01-01T00:00:00Z');
const later = now.add({ seconds: 5 });

function message(fields: object, headers: object, properties: object = {}): ConsumeMessage {
  return {
    content: Buffer.from('{}'),
    fields: { exchange: 'domain_events', routingKey: 'PotOpened', redelivered: false, ...fields },
    properties: { headers, ...properties },
  } as unknown as ConsumeMessage;
}

/** The copy as it comes back from a retry queue. */
function cameBack({ options }: ReturnType<typeof retryCopy>): ConsumeMessage {
  const { headers, ...properties } = options;
  return message({ exchange: '', routingKey: 'service' }, headers as object, properties);
}

describe('a message that was tried before', () => {
  it('knows what it was published as, and how often and when it failed', () => {
    const first = readDelivery(message({}, { 'x-trace': 'abc' }, { messageId: 'm', timestamp: 7 }), now);
    const second = readDelivery(cameBack(retryCopy(first, { error: new Error('one'), at: now })), later);
    const third = readDelivery(cameBack(retryCopy(second, { error: new Error('two'), at: later })), later);
    expect(third).toMatchObject({
      exchange: 'domain_events',
      routingKey: 'PotOpened',
      failures: 2,
      firstReceivedAt: now,
      history: [
        { at: now.toString(), attempt: 1, error: 'Error: one' },
        { at: later.toString(), attempt: 2, error: 'Error: two' },
      ],
    });
    expect(third.message.properties).toMatchObject({ messageId: 'm', timestamp: 7 });
    expect(contextOf(third)).toMatchObject({
      attempt: 3,
      headers: { 'x-trace': 'abc' },
      messageId: 'm',
      receivedAt: now,
    });
  });

  it('was not failed by an outage', () => {
    const first = readDelivery(message({}, {}), now);
    expect(readDelivery(cameBack(retryCopy(first)), later)).toMatchObject({
      failures: 0,
      history: [],
      firstReceivedAt: now,
    });
  });

  it('keeps what a copy cannot carry, from its first copy to the last', () => {
    const first = readDelivery(message({}, { CC: ['x'] }, { expiration: '500', userId: 'someone' }), now);
    const copy = retryCopy(first, { error: new Error('one'), at: now });
    expect(copy.options).not.toHaveProperty('expiration');
    expect(copy.options).not.toHaveProperty('userId');
    expect(copy.options.headers).not.toHaveProperty('CC');
    const second = readDelivery(cameBack(copy), later);
    const letter = deadLetterCopy(second, 'permanent', new Error('two'), later).options.headers as Record<
      string,
      unknown
    >;
    expect(JSON.parse(String(letter['x-event-original']))).toEqual({
      expiration: '500',
      userId: 'someone',
      CC: '["x"]',
    });
  });
});

describe('the headers of a publisher', () => {
  const forged = { 'x-event-failures': 99, 'x-event-routing-key': 'PotClosed', 'x-event-first-received-at': 'never' };

  it('say nothing of earlier tries', () => {
    expect(readDelivery(message({}, forged), now)).toMatchObject({ failures: 0, routingKey: 'PotOpened' });
  });

  it.each([1, 4_000, 9_000, 20_000])(
    'fit into the 64 KiB that amqplib has for them, forged %i characters long',
    (length) => {
      const much = 'é"'.repeat(length / 2);
      const past = JSON.stringify(Array<object>(120).fill({ at: 'x', attempt: 1, error: much.slice(0, 150) }));
      const own = Object.fromEntries(Object.values(RETRY_HEADERS).map((name) => [name, much]));
      const long = { messageId: '\ufffd'.repeat(255), expiration: '\ufffd'.repeat(255) };
      for (const history of [much, past]) {
        const headers = {
          ...own,
          'x-event-history': history,
          'x-event-original': `{"a":${JSON.stringify(much)}}`,
          much,
        };
        const delivery = readDelivery(message({ exchange: '' }, { ...headers, [much]: much }, long), now);
        const { options } = deadLetterCopy(delivery, 'permanent', new Error(much), later);
        expect(encodeTable(Buffer.alloc(300_000), options.headers as object, 0)).toBeLessThan(65_000);
        expect(options).not.toHaveProperty('messageId');
      }
    },
  );

  it('are read with care even where a copy could have them', () => {
    const odd = { ...forged, 'x-event-failures': -1, 'x-event-history': '{', 'x-event-original': '5' };
    const delivery = readDelivery(message({ exchange: '' }, odd), now);
    expect(delivery).toMatchObject({ failures: 0, firstReceivedAt: now, history: [], original: undefined });
  });
});
