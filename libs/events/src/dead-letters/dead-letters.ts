import { setTimeout as sleep } from 'node:timers/promises';
import { type BrokerAddress, connectToBroker } from '@budget-buddy/platform';
import type { ChannelModel, ConfirmChannel, Message } from 'amqplib';
import { ImpatientConnection } from '../broker/impatient-connection';
import { deadLetterQueue } from '../broker/topology';
import { bearUnreadableHeaders } from '../broker/unreadable-headers';
import { type DeadLetter, readDeadLetter } from './dead-letter';
import { replayOptions } from './replay-options';

/** What is to be done with a dead letter. */
export type DeadLetterAction = 'keep' | 'replay';

/** The service's queue is not there: nothing was moved. */
export class NoServiceQueueError extends Error {
  override readonly name = 'NoServiceQueueError';

  constructor(readonly queue: string) {
    super(`there is no queue ${JSON.stringify(queue)} to replay into; has the scheduler ever run on this broker?`);
  }
}

const LOOK_INTERVAL_MS = 20;
const MOST_LOOKS = 250;

/** The service's dead letters: looked at without taking them away, and replayed. For tools; needs no app. */
export class DeadLetters {
  private readonly broker: ImpatientConnection;

  private constructor(
    connection: ChannelModel,
    private readonly queue: string,
  ) {
    this.broker = new ImpatientConnection(connection);
  }

  /**
   * @param broker as `RabbitConfiguration` has it.
   * @param queue the service's queue.
   */
  static async connect(broker: BrokerAddress, queue: string): Promise<DeadLetters> {
    const connection = await connectToBroker(broker);
    bearUnreadableHeaders(connection);
    return new DeadLetters(connection, queue);
  }

  async close(): Promise<void> {
    await this.broker.close();
  }

  /**
   * Looks at each dead letter that is there now, oldest first, and does with it what `decide` says. Those that are kept
   * are given back, in their order, when all have been looked at; so are those that are not replayable, whatever it says.
   * Somebody else who looks meanwhile sees none of them.
   * @returns how many were replayed.
   * @throws NoServiceQueueError before anything is moved for nothing.
   * @throws BrokerUnavailableError when the broker does not answer in time, as when it is short of memory or disk. What was
   * replayed stays so; all others are there again, and the last one may be in both queues.
   */
  async visit(decide: (letter: DeadLetter) => DeadLetterAction): Promise<number> {
    const channel = await this.broker.answer((connection) => connection.createConfirmChannel());
    channel.on('error', () => undefined);
    const counts = { replay: 0, keep: 0 };
    try {
      const { messageCount } = await this.broker.answer(() => channel.checkQueue(deadLetterQueue(this.queue)));
      for (let seen = 0; seen < messageCount; seen++) {
        const message = await this.broker.answer(() => channel.get(deadLetterQueue(this.queue)));
        if (!message) break;
        const letter = readDeadLetter(message);
        const wanted = decide(letter);
        const action = letter.isReplayable ? wanted : 'keep';
        counts[action] += 1;
        if (action === 'replay') await this.replay(channel, letter);
      }
      return counts.replay;
    } finally {
      // When the connection is lost, the broker gives them back.
      await this.giveBack(channel, counts.keep).catch(() => undefined);
    }
  }

  /** Resolves when they are there again: the next look is to see them. */
  private async giveBack(channel: ConfirmChannel, kept: number): Promise<void> {
    channel.nackAll(true);
    for (let look = 0; look < MOST_LOOKS; look++) {
      const { messageCount } = await this.broker.answer(() => channel.checkQueue(deadLetterQueue(this.queue)));
      if (messageCount >= kept) break;
      await sleep(LOOK_INTERVAL_MS);
    }
    await this.broker.answer(() => channel.close());
  }

  /** First in, then out: a crash between the two leaves it twice, which handlers bear, and never not at all. */
  private async replay(channel: ConfirmChannel, letter: DeadLetter): Promise<void> {
    const { message } = letter;
    let returned = false;
    const onReturn = (_: Message): void => void (returned = true);
    channel.once('return', onReturn);
    channel.sendToQueue(this.queue, message.content, { ...replayOptions(letter), mandatory: true });
    await this.broker.answer(() => channel.waitForConfirms());
    channel.off('return', onReturn);
    if (returned) throw new NoServiceQueueError(this.queue);
    channel.ack(message);
  }
}
