import { endsWithin } from '@budget-buddy/platform';
import type { ChannelModel } from 'amqplib';
import type { Socket } from 'node:net';
import { BrokerUnavailableError } from './broker-errors';

/** How long the broker may take to answer one question, in ms. */
const PATIENCE_MS = 10_000;

/** What is private to amqplib. */
interface Internals {
  readonly connection: { readonly stream: Socket };
}

/**
 * A connection for tools, which gives up for good when the broker does not answer. A broker that is short of memory or
 * disk reads nothing more from who has published: not even that the connection is to be closed.
 */
export class ImpatientConnection {
  private readonly blocked: Promise<never>;
  private isOver = false;

  constructor(private readonly connection: ChannelModel) {
    this.blocked = new Promise((_, reject) => {
      connection.on('blocked', (reason: string) =>
        reject(new BrokerUnavailableError(`it takes no messages (${reason})`)),
      );
    });
    this.blocked.catch(() => undefined);
  }

  /** @throws BrokerUnavailableError when the answer does not come in time; whatever else it is. */
  async answer<Answer>(ask: (connection: ChannelModel) => PromiseLike<Answer>): Promise<Answer> {
    const answer = Promise.resolve(ask(this.connection));
    try {
      if (await endsWithin(PATIENCE_MS, Promise.race([answer, this.blocked]))) return await answer;
      throw new BrokerUnavailableError(`no answer within ${PATIENCE_MS} ms`);
    } catch (error) {
      if (error instanceof BrokerUnavailableError) this.cut();
      throw error;
    }
  }

  async close(): Promise<void> {
    if (!this.isOver && !(await endsWithin(PATIENCE_MS, this.connection.close()))) this.cut();
  }

  private cut(): void {
    this.isOver = true;
    // With an error: amqplib does not notice otherwise.
    (this.connection as unknown as Internals).connection.stream.destroy(new Error('given up'));
  }
}
