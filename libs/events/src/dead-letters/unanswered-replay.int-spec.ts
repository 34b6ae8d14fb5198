import { TestBroker, waitFor } from '@budget-buddy/testing';
import { type Channel, type ChannelModel, connect } from 'amqplib';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { TcpProxy } from '../../../../tools/tcp-proxy';
import { deadLetterQueue } from '../broker/topology';
import { DeadLetters } from './dead-letters';

let broker: TestBroker;
let connection: ChannelModel;
let channel: Channel;
let proxy: TcpProxy;

beforeEach(async () => {
  broker = await TestBroker.open();
  connection = await connect(broker.url);
  channel = await connection.createChannel();
  for (const queue of [broker.queue, deadLetterQueue(broker.queue)]) await channel.assertQueue(queue);
  proxy = new TcpProxy(new URL(broker.url));
  await proxy.open();
});
afterEach(async () => {
  proxy.thaw();
  await proxy.cut();
  await connection.close();
  await broker.drop();
});

it('gives up a broker that no longer answers while it replays, and loses nothing', async () => {
  const headers = { 'x-event-routing-key': 'PotBurnt', 'x-event-dead-letter-reason': 'invalid' };
  for (const messageId of ['first', 'second', 'third']) {
    broker.sendToDeadLetters(Buffer.from('{}'), { messageId, headers });
  }
  await waitFor(async () => (await broker.waiting(deadLetterQueue(broker.queue))) === 3);
  const letters = await DeadLetters.connect({ urls: [proxy.url] }, broker.queue);

  const replayed = letters.visit(({ message }) => {
    // As a broker does that is short of memory: it reads nothing more from who publishes.
    if (message.properties.messageId === 'second') proxy.freeze();
    return 'replay';
  });
  await expect(replayed).rejects.toThrow('RabbitMQ is unavailable: no answer within 10000 ms');
  await letters.close();

  await proxy.cut();
  await waitFor(async () => (await broker.waiting(deadLetterQueue(broker.queue))) === 2, { description: 'those left' });
  expect((await broker.takeDeadLetters()).map(({ properties }) => properties.messageId as string)).toEqual([
    'second',
    'third',
  ]);
  expect(await channel.get(broker.queue, { noAck: true })).toMatchObject({ properties: { messageId: 'first' } });
});
