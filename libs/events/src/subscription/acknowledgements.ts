import { errorLine } from '@budget-buddy/platform';
import { Logger } from '@nestjs/common';
import type { Channel, ConsumeMessage } from 'amqplib';

/**
 * What is said to the broker of the messages of one channel. Each message of it has to go through here.
 *
 * Messages that are done in the same turn of the event loop are acknowledged by one frame (`multiple`), as far as none
 * that is older is still open; each of the others by its own. A quorum queue replicates each acknowledgement as an entry of
 * its log, however many messages it is for; and with more than 32 such entries on their way RabbitMQ keeps the next ones
 * back, which are lost when the channel closes then (rabbit_fifo_client.erl; rabbitmq/rabbitmq-server#10327). So an app
 * that ends in good order holds them from the end of its consumer on, and sends them as one.
 */
export class Acknowledgements {
  private readonly logger = new Logger(Acknowledgements.name);
  /** The delivery tags without an answer, in the order in which they came, which is their own. */
  private readonly open = new Set<number>();
  private done = new Set<number>();
  private held = false;

  constructor(private readonly channel: Channel) {}

  /** Told of each message that comes. */
  received({ fields }: ConsumeMessage): void {
    this.open.add(fields.deliveryTag);
  }

  /** The message is done, and will be acknowledged at the end of this turn, or when those that are held are sent. */
  ack({ fields }: ConsumeMessage): void {
    if (this.done.size === 0) setImmediate(() => !this.held && this.flush());
    this.done.add(fields.deliveryTag);
  }

  /** The broker shall deliver the message again, or else move it to the dead letters. */
  nack(message: ConsumeMessage, how: 'requeue' | 'dead-letter'): void {
    this.open.delete(message.fields.deliveryTag);
    this.send(() => this.channel.nack(message, false, how === 'requeue'));
  }

  /**
   * Sends what is due now, and holds what comes until it is flushed, in one frame when nothing is open any more. To be
   * called before the consumer is cancelled: that waits in the queue's log behind all that was said before. A process that
   * must end before its work does gets what it has done meanwhile again, without effect.
   */
  hold(): void {
    this.flush();
    this.held = true;
  }

  /** Sends what is due now. To be called before the channel is closed. */
  flush(): void {
    const { done } = this;
    this.done = new Set();
    const oldest = this.takeOldest(done);
    if (oldest !== undefined) this.acknowledge(oldest, true);
    for (const tag of done) {
      this.open.delete(tag);
      this.acknowledge(tag, false);
    }
  }

  /** Takes out what is done before anything that is not. @returns the last of it. */
  private takeOldest(done: Set<number>): number | undefined {
    let last: number | undefined;
    for (const tag of this.open) {
      if (!done.delete(tag)) break;
      this.open.delete(tag);
      last = tag;
    }
    return last;
  }

  private acknowledge(deliveryTag: number, multiple: boolean): void {
    this.send(() => this.channel.ack({ fields: { deliveryTag } } as ConsumeMessage, multiple));
  }

  /** A closed channel cannot carry the answer: the broker delivers again, and handling again is harmless. */
  private send(answer: () => void): void {
    try {
      answer();
    } catch (error) {
      this.logger.debug(`An answer was lost with its channel: ${errorLine(error)}`);
    }
  }
}
