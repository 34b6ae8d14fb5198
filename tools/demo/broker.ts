import { type ConfirmChannel, connect, type ConsumeMessage } from 'amqplib';

export interface BrokerNames {
  readonly url: string;
  readonly exchange: string;
  readonly queue: string;
}

export interface Broker {
  publish(event: string, body: object): Promise<void>;
  close(): Promise<void>;
}

export interface BrokerWatcher {
  onEvent(event: string, body: Record<string, unknown>): void;
  onDeadLetter(body: string, error: string): void;
}

/** The demo as any other service sees the broker: it publishes, listens to all events, and looks at the dead letters. */
export async function connectBroker(names: BrokerNames, watcher: BrokerWatcher): Promise<Broker> {
  const connection = await connect(names.url.replace(/\/\/$/, '/%2F'));
  const channel = await connection.createConfirmChannel();
  await channel.assertExchange(names.exchange, 'topic', { durable: true });
  await watchEvents(channel, names.exchange, watcher);
  await watchDeadLetters(channel, `${names.queue}.dead-letters`, watcher);
  return {
    publish: (event, body) => publish(channel, names.exchange, event, body),
    close: () => connection.close(),
  };
}

/** As the existing Python services publish: flat JSON, persistent, the event's name as routing key. */
async function publish(channel: ConfirmChannel, exchange: string, event: string, body: object): Promise<void> {
  const options = { contentType: 'application/json', persistent: true };
  channel.publish(exchange, event, Buffer.from(JSON.stringify(body)), options);
  await channel.waitForConfirms();
}

async function watchEvents(channel: ConfirmChannel, exchange: string, watcher: BrokerWatcher): Promise<void> {
  const { queue } = await channel.assertQueue('', { exclusive: true });
  await channel.bindQueue(queue, exchange, '#');
  const read = (message: ConsumeMessage | null) => {
    if (!message) return;
    watcher.onEvent(message.fields.routingKey, JSON.parse(message.content.toString()) as Record<string, unknown>);
  };
  await channel.consume(queue, read, { noAck: true });
}

/** Never acknowledged: the messages stay where they are when the demo has seen them. */
async function watchDeadLetters(channel: ConfirmChannel, queue: string, watcher: BrokerWatcher): Promise<void> {
  await channel.consume(queue, (message) => {
    if (!message) return;
    const headers = message.properties.headers as Record<string, unknown> | undefined;
    watcher.onDeadLetter(
      message.content.toString(),
      String(headers?.['x-event-dead-letter-error'] ?? 'no reason given'),
    );
  });
}
