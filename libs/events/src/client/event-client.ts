import { type BrokerAddress, connectToBroker } from '@budget-buddy/platform';
import type { ChannelModel, ConfirmChannel, Message, Options } from 'amqplib';
import { randomUUID } from 'node:crypto';

/** All but the correlation id, by which the client knows its messages again: other ids may be on several of them. */
type PublishOptions = Omit<Options.Publish, 'correlationId'>;

/**
 * Publishes events as any other service would, with nothing of this system around it: for tools and tests. Apps
 * publish through the `Outbox`.
 */
export class EventClient {
  /** The correlation ids of messages that came back, and were not told of yet. */
  private readonly returned = new Set<unknown>();

  private constructor(
    private readonly connection: ChannelModel,
    private readonly channel: ConfirmChannel,
    readonly exchange: string,
  ) {
    channel.on('return', ({ properties }: Message) => this.returned.add(properties.correlationId));
  }

  /**
   * Connects, and declares the exchange as all services do.
   * @param broker as `RabbitConfiguration` has it: URLs with the vhost written out.
   */
  static async connect(broker: BrokerAddress, exchange: string): Promise<EventClient> {
    const connection = await connectToBroker(broker);
    try {
      const channel = await connection.createConfirmChannel();
      channel.on('error', () => undefined);
      await channel.assertExchange(exchange, 'topic', { durable: true });
      return new EventClient(connection, channel, exchange);
    } catch (error) {
      await connection.close();
      throw error;
    }
  }

  /**
   * Resolves once the broker has confirmed the message.
   * @param body bytes are sent as they are, anything else as JSON.
   * @returns whether any queue was bound for it.
   */
  async publish(name: string, body: unknown, options: PublishOptions = {}): Promise<{ routed: boolean }> {
    const content = Buffer.isBuffer(body) ? body : Buffer.from(JSON.stringify(body));
    const correlationId = randomUUID();
    const properties = {
      contentType: 'application/json',
      persistent: true,
      mandatory: true,
      ...options,
      correlationId,
    };
    await new Promise<void>((resolve, reject) => {
      this.channel.publish(this.exchange, name, content, properties, (error: Error | null) => {
        if (error) reject(error);
        else resolve();
      });
    });
    // A return comes before the confirm of its message.
    return { routed: !this.returned.delete(correlationId) };
  }

  async close(): Promise<void> {
    await this.connection.close();
  }
}
