import { randomUUID } from 'node:crypto';
import { AmqpConnection } from '@golevelup/nestjs-rabbitmq';
import { Injectable } from '@nestjs/common';
import type { ConfirmChannel, Message, Options } from 'amqplib';
import { EventsConfiguration } from '../events-configuration';
import { BrokerUnavailableError, MessageRefusedError } from './broker-errors';
import { ChannelKeeper } from './channel-keeper';
import { assertExchange, assertQueues } from './topology';

/** A message as it goes to the broker. */
export interface OutgoingMessage {
  /** '' is the default exchange, whose routing keys are the names of queues. */
  exchange: string;
  routingKey: string;
  body: Buffer;
  options: Options.Publish;
  /** The message must reach a queue: where none is bound, it counts as refused. */
  mandatory?: boolean;
}

/** Below what PostgreSQL lets a transaction idle (see OutboxRelay), which waits for confirms. */
const CONFIRM_TIMEOUT_MS = 10_000;
/** A returned message is told from others by this header of its own. */
const MARK_HEADER = 'x-event-copy';

/** Publishes with publisher confirms, and never keeps a message in memory to wait for the broker: it fails instead. */
@Injectable()
export class ConfirmingPublisher {
  private readonly keeper: ChannelKeeper;
  private readonly returned = new Set<string>();
  private onOpen: () => void = () => undefined;
  /** Why the broker takes no messages: it is short of memory or disk. It would read none until that is over. */
  private blocked?: string;

  constructor(
    private readonly amqp: AmqpConnection,
    private readonly configuration: EventsConfiguration,
  ) {
    this.keeper = new ChannelKeeper(amqp, 'publishing', (channel) => this.setUp(channel));
  }

  /** @param onOpen told each time publishing is possible again. */
  start(onOpen: () => void = () => undefined): void {
    this.onOpen = onOpen;
    this.amqp.managedConnection
      .on('blocked', ({ reason }) => (this.blocked = reason))
      .on('unblocked', () => this.unblock())
      .on('disconnect', () => (this.blocked = undefined));
    this.keeper.start();
  }

  async stop(): Promise<void> {
    await this.keeper.stop();
  }

  get isOpen(): boolean {
    return this.whyClosed === undefined;
  }

  /** Why nothing can be published just now, if that is so. */
  get whyClosed(): string | undefined {
    if (this.blocked !== undefined) return `RabbitMQ takes no messages just now (${this.blocked})`;
    return this.keeper.current ? undefined : `there is no channel to publish on: ${this.keeper.whyClosed}`;
  }

  /**
   * Resolves once the broker has taken the message over.
   * @throws BrokerUnavailableError when that is not known: it may have been taken over all the same.
   * @throws MessageRefusedError when the broker does not take this message.
   */
  publish(message: OutgoingMessage): Promise<void> {
    const { whyClosed } = this;
    const channel = this.keeper.current;
    if (!channel || whyClosed !== undefined) return Promise.reject(new BrokerUnavailableError(whyClosed ?? ''));
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(this.giveUp(channel)), CONFIRM_TIMEOUT_MS);
      this.send(channel, message, (error) => {
        clearTimeout(timer);
        if (error) reject(error);
        else resolve();
      });
    });
  }

  /** Declares this service's queues again, after one was found missing. */
  async declareQueues(): Promise<void> {
    if (this.keeper.current) await assertQueues(this.keeper.current, this.configuration, []);
  }

  private unblock(): void {
    this.blocked = undefined;
    this.onOpen();
  }

  private async setUp(channel: ConfirmChannel): Promise<void> {
    await assertExchange(channel, this.configuration);
    channel.on('return', (message: Message) => this.returned.add(String(message.properties.headers?.[MARK_HEADER])));
    setImmediate(() => this.onOpen());
  }

  private send(channel: ConfirmChannel, message: OutgoingMessage, done: (error?: Error) => void): void {
    const { exchange, routingKey, body, mandatory = false } = message;
    const mark = mandatory ? randomUUID() : undefined;
    const headers: Record<string, unknown> = { ...(message.options.headers as Record<string, unknown>) };
    if (mark) headers[MARK_HEADER] = mark;
    try {
      channel.publish(exchange, routingKey, body, { ...message.options, headers, mandatory }, (refusal: unknown) => {
        // The broker sends a return before the confirm of the same message.
        if (mark && this.returned.delete(mark)) done(unroutable(message));
        else done(refusal ? asError(refusal) : undefined);
      });
    } catch (error) {
      // amqplib has counted this message already, so that all later confirms would be taken for their neighbours'.
      this.keeper.discard(channel);
      done(new MessageRefusedError(error instanceof Error ? error.message : String(error), false));
    }
  }

  private giveUp(channel: ConfirmChannel): Error {
    this.keeper.discard(channel);
    return new BrokerUnavailableError(`no confirm within ${CONFIRM_TIMEOUT_MS} ms`);
  }
}

function unroutable({ exchange, routingKey }: OutgoingMessage): MessageRefusedError {
  const missing = exchange === '' ? `there is no queue "${routingKey}"` : `no queue is bound for "${routingKey}"`;
  return new MessageRefusedError(missing, true);
}

/** amqplib tells a refusal from a loss by words only. */
function asError(refusal: unknown): Error {
  const reason = refusal instanceof Error ? refusal.message : String(refusal);
  return reason === 'message nacked' ? new MessageRefusedError(reason, false) : new BrokerUnavailableError(reason);
}
