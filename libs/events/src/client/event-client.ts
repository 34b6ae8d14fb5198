import { type ChannelModel, type ConfirmChannel, connect, type Message, type Options } from 'amqplib';

const CONNECT_TIMEOUT_MS = 5_000;

/**
 * Publishes events as any other service would, with nothing of this system around it: for tools and tests. Apps
 * publish through the `Outbox`.
 */
export class EventClient {
  /** How many messages of a routing key came back, and were not told of yet. */
  private readonly returned = new Map<string, number>();

  private constructor(
    private readonly connection: ChannelModel,
    private readonly channel: ConfirmChannel,
    readonly exchange: string,
  ) {
    channel.on('return', ({ fields }: Message) => {
      this.returned.set(fields.routingKey, (this.returned.get(fields.routingKey) ?? 0) + 1);
    });
  }

  /**
   * Connects, and declares the exchange as all services do.
   * @param url as `RabbitConfiguration` gives it: with the vhost written out.
   */
  static async connect(url: string, exchange: string): Promise<EventClient> {
    const connection = await connect(url, { timeout: CONNECT_TIMEOUT_MS });
    // What is lost with the connection is told by the publish that waits for it.
    connection.on('error', () => undefined);
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
  async publish(name: string, body: unknown, options: Options.Publish = {}): Promise<{ routed: boolean }> {
    const content = Buffer.isBuffer(body) ? body : Buffer.from(JSON.stringify(body));
    const properties = { contentType: 'application/json', persistent: true, mandatory: true, ...options };
    await new Promise<void>((resolve, reject) => {
      this.channel.publish(this.exchange, name, content, properties, (error: Error | null) => {
        if (error) reject(error);
        else resolve();
      });
    });
    // A return comes before the confirm of its message.
    const returned = this.returned.get(name) ?? 0;
    if (returned > 0) this.returned.set(name, returned - 1);
    return { routed: returned === 0 };
  }

  async close(): Promise<void> {
    await this.connection.close();
  }
}
