import { randomBytes } from 'node:crypto';
import { deadLetterQueue, EventClient } from '@budget-buddy/events';
import { connectToBroker, loadConfiguration, RabbitConfiguration } from '@budget-buddy/platform';
import type { Channel, ChannelModel, GetMessage, Message } from 'amqplib';

/** An exchange and a queue of its own on the broker, for one test file. */
export class TestBroker {
  private constructor(
    private readonly connection: ChannelModel,
    private readonly channel: Channel,
    /** Publishes as other services do. */
    readonly client: EventClient,
    readonly url: string,
    readonly exchange: string,
    readonly queue: string,
  ) {}

  /** Makes up names and connects to the configured broker; the app under test declares what it needs. */
  static async open(): Promise<TestBroker> {
    const address = loadConfiguration([RabbitConfiguration]).get(RabbitConfiguration);
    const [url] = address.urls as [string];
    const name = `test.${randomBytes(6).toString('hex')}`;
    const client = await EventClient.connect(address, `${name}.events`);
    const connection = await connectToBroker(address);
    return new TestBroker(connection, await connection.createChannel(), client, url, `${name}.events`, name);
  }

  /** What has an app use this exchange and queue. */
  get environment(): Record<string, string> {
    return { BUDGETBUDDY_RABBITMQ_EXCHANGE: this.exchange, BUDGETBUDDY_RABBITMQ_QUEUE: this.queue };
  }

  /** Everything published under these routing keys from now on, in the order of its arrival. */
  async collect(...routingKeys: string[]): Promise<Message[]> {
    const messages: Message[] = [];
    const { queue } = await this.channel.assertQueue('', { exclusive: true });
    for (const routingKey of routingKeys) await this.channel.bindQueue(queue, this.exchange, routingKey);
    await this.channel.consume(queue, (message) => void (message && messages.push(message)), { noAck: true });
    return messages;
  }

  /** Takes all dead letters out of their queue. */
  async takeDeadLetters(): Promise<GetMessage[]> {
    const messages: GetMessage[] = [];
    for (;;) {
      const message = await this.channel.get(deadLetterQueue(this.queue), { noAck: true });
      if (!message) return messages;
      messages.push(message);
    }
  }

  /** How many messages wait in one of the queues (those being handled are not counted). */
  async waiting(queue = this.queue): Promise<number> {
    return (await this.channel.checkQueue(queue)).messageCount;
  }

  /** How many consumers the service's queue has. */
  async consumers(): Promise<number> {
    return (await this.channel.checkQueue(this.queue)).consumerCount;
  }

  /** Has messages of one more routing key go into the service's queue. */
  async bind(routingKey: string): Promise<void> {
    await this.channel.bindQueue(this.queue, this.exchange, routingKey);
  }

  async deleteQueue(queue: string): Promise<void> {
    await this.channel.deleteQueue(queue);
  }

  /** Puts a message straight into the service's queue. */
  sendToQueue(body: Buffer, options: Parameters<Channel['sendToQueue']>[2] = {}): void {
    this.channel.sendToQueue(this.queue, body, options);
  }

  /** Puts a message straight among the service's dead letters, as the broker does. */
  sendToDeadLetters(body: Buffer, options: Parameters<Channel['sendToQueue']>[2] = {}): void {
    this.channel.sendToQueue(deadLetterQueue(this.queue), body, options);
  }

  /** Deletes the exchange and the queues, retry queues of these delays included. */
  async drop(retryDelaysMs: readonly number[] = [1_000, 5_000, 30_000, 120_000]): Promise<void> {
    const retryQueues = [...new Set([...retryDelaysMs, 5_000])].map((ms) => `${this.queue}.retry.${ms}`);
    for (const queue of [this.queue, deadLetterQueue(this.queue), ...retryQueues]) {
      await this.channel.deleteQueue(queue);
    }
    await this.channel.deleteExchange(this.exchange);
    await this.client.close();
    await this.connection.close();
  }
}
