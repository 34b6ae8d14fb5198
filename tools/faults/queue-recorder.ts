import { type Channel, type ChannelModel, connect, type ConsumeMessage } from 'amqplib';
import { setTimeout as delay } from 'node:timers/promises';

/** A message that went through a queue. */
export interface RecordedMessage {
  readonly messageId: string;
  readonly event: string;
  readonly content: Buffer;
  readonly headers: Readonly<Record<string, unknown>>;
  /** When it was received, in ms since 1970. */
  readonly atMs: number;
}

const CONNECT_TIMEOUT_MS = 5_000;
const BETWEEN_TRIES_MS = 250;
const PREFETCH = 500;
/** RabbitMQ 4 drops what it delivered 20 times where nothing is set. */
const QUORUM = { 'x-queue-type': 'quorum', 'x-delivery-limit': 1_000_000_000 };

/** Takes all messages out of a queue and keeps them, whatever happens to the broker meanwhile. */
export class QueueRecorder {
  readonly messages: RecordedMessage[] = [];
  private readonly stopping = new AbortController();
  private connection?: ChannelModel;
  private recording?: Promise<void>;

  /** @param prepare declares what is needed; called on each new connection. @returns the queue's name. */
  constructor(
    private readonly url: string,
    private readonly prepare: (channel: Channel) => Promise<string>,
  ) {}

  /** Resolves when it records for the first time. */
  async start(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.recording = this.record(resolve);
    });
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    await this.connection?.close().catch(() => undefined);
    await this.recording;
  }

  private async record(onReady: () => void): Promise<void> {
    while (!this.stopping.signal.aborted) {
      await this.recordUntilLost(onReady).catch(() => undefined);
      await delay(BETWEEN_TRIES_MS);
    }
  }

  private async recordUntilLost(onReady: () => void): Promise<void> {
    const connection = await connect(this.url, { timeout: CONNECT_TIMEOUT_MS });
    this.connection = connection;
    connection.on('error', () => undefined);
    const closed = new Promise<void>((resolve) => connection.once('close', () => resolve()));
    try {
      const channel = await connection.createChannel();
      channel.on('error', () => undefined);
      channel.on('close', () => void connection.close().catch(() => undefined));
      const queue = await this.prepare(channel);
      await channel.prefetch(PREFETCH);
      await channel.consume(queue, (message) => message && this.take(channel, message));
      onReady();
    } catch (error) {
      await connection.close().catch(() => undefined);
      throw error;
    }
    await closed;
  }

  private take(channel: Channel, message: ConsumeMessage): void {
    this.keep(message);
    try {
      channel.ack(message);
    } catch {
      // The channel was closed in between: the broker will deliver it again.
    }
  }

  private keep({ content, fields, properties }: ConsumeMessage): void {
    this.messages.push({
      messageId: String(properties.messageId),
      event: fields.routingKey,
      content,
      headers: properties.headers ?? {},
      atMs: Date.now(),
    });
  }
}

/** Hears all events of these names from when it is first called on, as another service would. */
export function hearing(exchange: string, queue: string, events: readonly string[]) {
  return async (channel: Channel): Promise<string> => {
    await channel.assertExchange(exchange, 'topic', { durable: true });
    await channel.assertQueue(queue, { durable: true, arguments: QUORUM });
    for (const event of events) await channel.bindQueue(queue, exchange, event);
    return queue;
  };
}

/** Takes what somebody else's queue holds. */
export function taking(queue: string) {
  return async (channel: Channel): Promise<string> => {
    await channel.checkQueue(queue);
    return queue;
  };
}
