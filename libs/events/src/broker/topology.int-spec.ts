import { TestBroker, waitFor } from '@budget-buddy/testing';
import { type Channel, type ChannelModel, connect } from 'amqplib';
import { Temporal } from 'temporal-polyfill';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { assertExchange, assertQueues, deadLetterQueue, retryQueue, type TopologyConfiguration } from './topology';

let broker: TestBroker;
let connection: ChannelModel;
let channel: Channel;
let configuration: TopologyConfiguration;

beforeAll(async () => {
  broker = await TestBroker.open();
  connection = await connect(broker.url);
  channel = await connection.createChannel();
  configuration = {
    exchange: broker.exchange,
    queue: broker.queue,
    retryDelays: [Temporal.Duration.from('PT0.05S'), Temporal.Duration.from('PT5S')],
  };
  await assertExchange(channel, configuration);
  await assertQueues(channel, configuration, ['PotOpened']);
});

afterAll(async () => {
  await connection.close();
  await broker.drop([50, 70]);
});

describe("the service's queues", () => {
  it('can be declared again, with other delays and other events', async () => {
    const retryDelays = [Temporal.Duration.from('PT0.07S')];
    await assertQueues(channel, { ...configuration, retryDelays }, ['PotOpened', 'PotClosed']);
  });

  it('keep a message that was handed out 20 times without an answer as a dead letter', async () => {
    await broker.client.publish('PotOpened', { poison: true }, { messageId: 'poison' });
    let deliveries = 0;
    await waitFor(
      async () => {
        const message = await channel.get(broker.queue);
        if (message) {
          deliveries++;
          channel.nack(message, false, true);
        }
        return (await channel.checkQueue(deadLetterQueue(broker.queue))).messageCount === 1;
      },
      { intervalMs: 5 },
    );
    expect(deliveries).toBe(21);
    const [letter] = await broker.takeDeadLetters();
    expect(letter?.content.toString()).toBe('{"poison":true}');
    expect(letter?.properties).toMatchObject({
      messageId: 'poison',
      headers: { 'x-first-death-reason': 'delivery_limit' },
    });
  });

  it('bring a message back from a retry queue after its delay', async () => {
    channel.sendToQueue(retryQueue(broker.queue, 50), Buffer.from('back'), { persistent: true });
    const message = await waitFor(() => channel.get(broker.queue, { noAck: true }));
    expect(message && message.content.toString()).toBe('back');
  });
});
