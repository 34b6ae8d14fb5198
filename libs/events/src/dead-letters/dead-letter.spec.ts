import type { GetMessage } from 'amqplib';
import { describe, expect, it } from 'vitest';
import { DEAD_LETTER_REASONS } from './dead-letter-reasons';
import { readDeadLetter } from './dead-letter';

function moved(reason: string): GetMessage {
  const death = { reason, queue: 'pots', exchange: 'events', 'routing-keys': ['PotBurnt'], count: 1 };
  const properties = { headers: { 'x-death': [death] } };
  return { fields: { routingKey: 'pots' }, properties, content: Buffer.from('{}') } as unknown as GetMessage;
}

describe('what the broker put among the dead letters', () => {
  it.each([
    ['delivery_limit', 'delivery-limit', 'the process ended each time it was handled'],
    ['rejected', 'oversized', 'the body has 2 bytes, too many to be read'],
    ['maxlen', 'maxlen', 'the broker put it here without its being handled'],
    ['expired', 'expired', 'the broker put it here without its being handled'],
  ])('because of %s says so', (brokers, reason, error) => {
    expect(readDeadLetter(moved(brokers))).toMatchObject({ event: 'PotBurnt', reason, error, isReplayable: true });
    expect(DEAD_LETTER_REASONS).toContain(reason);
  });
});
