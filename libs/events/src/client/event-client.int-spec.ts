import { TestBroker, waitFor } from '@budget-buddy/testing';
import { afterAll, beforeAll, expect, it } from 'vitest';

let broker: TestBroker;
beforeAll(async () => {
  broker = await TestBroker.open();
});
afterAll(() => broker?.drop());

it('tells of each of many messages of one event, published at once, whether a queue was bound for it', async () => {
  const received = await broker.collect('PotFilled');
  // `CC` has the broker route a message as if it had that routing key as well.
  const expected = Array.from({ length: 200 }, (_, index) => index % 3 === 0);
  const answers = await Promise.all(
    expected.map((routed, number) => broker.client.publish('PotOpened', { number }, routed ? { CC: 'PotFilled' } : {})),
  );
  expect(answers.map(({ routed }) => routed)).toEqual(expected);
  const routed = expected.filter(Boolean).length;
  await waitFor(() => received.length === routed, { description: `${routed} messages to arrive` });
});
