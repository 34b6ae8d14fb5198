import type { AmqpConnection } from '@golevelup/nestjs-rabbitmq';
import { closeChannel, describeError } from '@budget-buddy/platform';
import { Logger } from '@nestjs/common';
import type { ChannelModel, ConfirmChannel } from 'amqplib';
import { growingDelayMs } from './growing-delay';

/**
 * Keeps one channel open over golevelup's connection, whatever becomes of either, and readies each new one.
 *
 * golevelup's own channels are opened once a connection: when the broker closes such a channel alone (a queue was
 * deleted, an answer took too long) or cancels its consumer, it stays dead until the connection breaks too; and a
 * set-up that fails while connected is an unhandled rejection.
 */
export class ChannelKeeper {
  private readonly logger = new Logger(ChannelKeeper.name);
  private channel?: ConfirmChannel;
  private timer?: NodeJS.Timeout;
  /** Each opening has a number: one that was overtaken by a newer connection gives way. */
  private opening = 0;
  private failures = 0;
  private failure = 'not opened yet';
  private stopped = false;

  /**
   * @param name what the channel is for, as the log calls it.
   * @param setUp readies a new channel; when it rejects, the channel is closed and another is tried.
   */
  constructor(
    private readonly amqp: AmqpConnection,
    private readonly name: string,
    private readonly setUp: (channel: ConfirmChannel) => Promise<void>,
  ) {}

  /** The open channel, ready for use; undefined while there is none. */
  get current(): ConfirmChannel | undefined {
    return this.channel;
  }

  /** Why there is no channel, when there is none. Safe to show. */
  get whyClosed(): string {
    return this.amqp.managedConnection.connection ? this.failure : 'not connected';
  }

  /** Opens the channel as soon as there is a connection, now and after each loss. Does not wait for it. */
  start(): void {
    this.amqp.managedConnection.on('connect', this.reopen);
    this.reopen();
  }

  /** Closes the channel for good. */
  async stop(): Promise<void> {
    this.stopped = true;
    clearTimeout(this.timer);
    this.amqp.managedConnection.off('connect', this.reopen);
    const channel = this.channel;
    this.channel = undefined;
    if (channel) await closeQuietly(channel);
  }

  /** Gives up a channel that is of no use any more; another one is opened. */
  discard(channel: ConfirmChannel): void {
    void closeQuietly(channel);
    this.onClosed(channel);
  }

  private readonly reopen = (): void => {
    clearTimeout(this.timer);
    const { connection } = this.amqp.managedConnection;
    if (this.stopped || !connection) return;
    void this.open(connection, ++this.opening);
  };

  private async open(connection: ChannelModel, number: number): Promise<void> {
    let channel: ConfirmChannel | undefined;
    try {
      const opened = (channel = await connection.createConfirmChannel());
      opened.on('error', (error: Error) => this.logger.error(`The channel for ${this.name} broke: ${error.message}`));
      let alive = true;
      opened.once('close', () => {
        alive = false;
        this.onClosed(opened);
      });
      await this.setUp(opened);
      if (number !== this.opening || this.stopped) return void closeQuietly(opened);
      if (!alive) throw new Error('it was closed while it was made ready');
      this.channel = opened;
      this.failures = 0;
    } catch (error) {
      if (channel) void closeQuietly(channel);
      if (number === this.opening) this.failed(error);
    }
  }

  private onClosed(channel: ConfirmChannel): void {
    if (this.channel !== channel) return;
    this.channel = undefined;
    this.failure = 'it was closed';
    this.reopenLater(growingDelayMs(1));
  }

  private failed(error: unknown): void {
    const delayMs = growingDelayMs(++this.failures);
    this.failure = describeError(error);
    if (!this.stopped) {
      this.logger.warn(`No channel for ${this.name}, next try in ${delayMs} ms: ${this.failure}`);
    }
    this.reopenLater(delayMs);
  }

  /** Without a connection the try does nothing, and the connection's return starts the next one. */
  private reopenLater(delayMs: number): void {
    clearTimeout(this.timer);
    if (!this.stopped) this.timer = setTimeout(this.reopen, delayMs);
  }
}

async function closeQuietly(channel: ConfirmChannel): Promise<void> {
  try {
    await closeChannel(channel);
  } catch {
    // It is closed already, which is all that was wanted.
  }
}
