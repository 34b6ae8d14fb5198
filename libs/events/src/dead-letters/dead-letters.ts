import { setTimeout as sleep } from 'node:timers/promises';
import { type ConfirmChannel, type ChannelModel, connect, type GetMessage, type Message, type Options } from 'amqplib';
import { deadLetterQueue } from '../broker/topology';
import { isBrokerHeader, RETRY_HEADERS } from '../subscription/retry-headers';
import { type DeadLetter, readDeadLetter } from './dead-letter';

/** What is to be done with a dead letter. */
export type DeadLetterAction = 'keep' | 'replay';

/** The service's queue is not there: nothing was moved. */
export class NoServiceQueueError extends Error {
  override readonly name = 'NoServiceQueueError';

  constructor(readonly queue: string) {
    super(`there is no queue ${JSON.stringify(queue)} to replay into; has the scheduler ever run on this broker?`);
  }
}

const CONNECT_TIMEOUT_MS = 5_000;
const LOOK_INTERVAL_MS = 20;
const MOST_LOOKS = 250;

/** The service's dead letters: looked at without taking them away, and replayed. For tools; needs no app. */
export class DeadLetters {
  private constructor(
    private readonly connection: ChannelModel,
    private readonly queue: string,
  ) {}

  /**
   * @param url as `RabbitConfiguration` gives it.
   * @param queue the service's queue.
   */
  static async connect(url: string, queue: string): Promise<DeadLetters> {
    const connection = await connect(url, { timeout: CONNECT_TIMEOUT_MS });
    connection.on('error', () => undefined);
    return new DeadLetters(connection, queue);
  }

  async close(): Promise<void> {
    await this.connection.close();
  }

  /**
   * Looks at each dead letter that is there now, oldest first, and does with it what `decide` says. Those that are kept
   * are given back, in their order, when all have been looked at. Somebody else who looks meanwhile sees none of them.
   * @returns how many were replayed.
   * @throws NoServiceQueueError before anything is moved for nothing.
   */
  async visit(decide: (letter: DeadLetter) => DeadLetterAction): Promise<number> {
    const channel = await this.connection.createConfirmChannel();
    channel.on('error', () => undefined);
    const counts = { replay: 0, keep: 0 };
    try {
      const { messageCount } = await channel.checkQueue(deadLetterQueue(this.queue));
      for (let seen = 0; seen < messageCount; seen++) {
        const message = await channel.get(deadLetterQueue(this.queue));
        if (!message) break;
        const action = decide(readDeadLetter(message));
        counts[action] += 1;
        if (action === 'replay') await this.replay(channel, message);
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
      const { messageCount } = await channel.checkQueue(deadLetterQueue(this.queue));
      if (messageCount >= kept) break;
      await sleep(LOOK_INTERVAL_MS);
    }
    await channel.close();
  }

  /** First in, then out: a crash between the two leaves it twice, which handlers bear, and never not at all. */
  private async replay(channel: ConfirmChannel, message: GetMessage): Promise<void> {
    let returned = false;
    const onReturn = (_: Message): void => void (returned = true);
    channel.once('return', onReturn);
    channel.sendToQueue(this.queue, message.content, { ...replayOptions(readDeadLetter(message)), mandatory: true });
    await channel.waitForConfirms();
    channel.off('return', onReturn);
    if (returned) throw new NoServiceQueueError(this.queue);
    channel.ack(message);
  }
}

/** Not sent again: why it was a dead letter, and what the broker would misunderstand. */
const LEFT_BEHIND: readonly string[] = [RETRY_HEADERS.reason, RETRY_HEADERS.error, RETRY_HEADERS.deadLetteredAt];

/** As it was published, with its past, but with all its tries. */
function replayOptions({ event, message }: DeadLetter): Options.Publish {
  const properties = message.properties as Options.Publish;
  const kept = Object.entries((properties.headers ?? {}) as Record<string, unknown>).filter(
    ([name]) => !LEFT_BEHIND.includes(name) && !isBrokerHeader(name),
  );
  return {
    ...(Object.fromEntries(Object.entries(properties).filter(([, value]) => value !== undefined)) as Options.Publish),
    expiration: undefined,
    userId: undefined,
    persistent: true,
    headers: { ...Object.fromEntries(kept), [RETRY_HEADERS.routingKey]: event, [RETRY_HEADERS.failures]: 0 },
  };
}
