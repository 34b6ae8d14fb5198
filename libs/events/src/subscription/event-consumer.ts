import { randomBytes } from 'node:crypto';
import { setMaxListeners } from 'node:events';
import { hostname } from 'node:os';
import { AmqpConnection } from '@golevelup/nestjs-rabbitmq';
import { Readiness, Shutdown, errorLine } from '@budget-buddy/platform';
import { Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import type { ConfirmChannel, ConsumeMessage } from 'amqplib';
import { ChannelKeeper } from '../broker/channel-keeper';
import { leaveOutLargeBodies } from '../broker/large-bodies';
import { assertExchange, assertQueues } from '../broker/topology';
import { EventsConfiguration } from '../events-configuration';
import { bearUnreadableHeaders } from '../broker/unreadable-headers';
import { Acknowledgements } from './acknowledgements';
import { ChannelLostError, EventProcessor } from './event-processor';
import { HandlerRegistry } from './handler-registry';

/**
 * Up to this size a message that is too large to be read is copied to the dead letters, with the reason; what is larger
 * does not even come into memory, for the prefetch may hold a hundred of them.
 */
const LARGEST_COPIED_BYTES = 1_024 * 1_024;

/**
 * The one consumer of the service's queue in this process. golevelup would give each handler a consumer of its own,
 * and two consumers of one queue take each other's messages.
 */
@Injectable()
export class EventConsumer implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly logger = new Logger(EventConsumer.name);
  private readonly keeper: ChannelKeeper;
  private readonly consumerTag = `${hostname()}-${process.pid}-${randomBytes(4).toString('hex')}`;
  private readonly inFlight = new Set<Promise<void>>();
  private readonly stopping = new AbortController();
  private acknowledgements?: Acknowledgements;

  constructor(
    amqp: AmqpConnection,
    private readonly registry: HandlerRegistry,
    private readonly processor: EventProcessor,
    private readonly configuration: EventsConfiguration,
    private readonly shutdown: Shutdown,
    private readonly readiness: Readiness,
  ) {
    this.keeper = new ChannelKeeper(amqp, `consuming ${configuration.queue}`, (channel) => this.consume(channel));
  }

  /** All other providers are ready by now. A broker that is away does not keep the app from starting. */
  onApplicationBootstrap(): void {
    this.registry.discover();
    this.shutdown.on('stop-intake', 'domain events', () => this.stopIntake());
    this.shutdown.on('finish-work', 'domain events', () => this.finishWork());
    this.readiness.register('domain-events', () => this.checkConsuming());
    this.keeper.start();
  }

  async onApplicationShutdown(): Promise<void> {
    await this.keeper.stop();
  }

  private async consume(channel: ConfirmChannel): Promise<void> {
    if (this.stopping.signal.aborted) return;
    const { queue, prefetch, maxBytes } = this.configuration;
    bearUnreadableHeaders(channel);
    leaveOutLargeBodies(channel, Math.max(maxBytes, LARGEST_COPIED_BYTES));
    const lost = new AbortController();
    channel.once('close', () => lost.abort(new ChannelLostError()));
    const signal = AbortSignal.any([lost.signal, this.stopping.signal]);
    // Every event that is held listens to it.
    setMaxListeners(0, signal);
    await assertExchange(channel, this.configuration);
    await assertQueues(channel, this.configuration, this.registry.eventNames);
    await channel.prefetch(prefetch);
    if (this.stopping.signal.aborted) return;
    const acknowledgements = (this.acknowledgements = new Acknowledgements(channel));
    // The broker ends the consumer alone when the queue is deleted: a new channel declares it again.
    channel.on('cancel', () => {
      acknowledgements.flush();
      this.keeper.discard(channel);
    });
    await channel.consume(queue, (message) => message && this.receive(acknowledgements, message, signal), {
      consumerTag: this.consumerTag,
    });
    if (this.stopping.signal.aborted) {
      await this.stopConsuming(channel);
      return this.finishWork();
    }
    this.logger.log(`Consuming ${this.registry.eventNames.join(', ')} from ${queue}, ${prefetch} at a time`);
  }

  private receive(acknowledgements: Acknowledgements, message: ConsumeMessage, signal: AbortSignal): void {
    acknowledgements.received(message);
    const work = this.processAndAnswer(acknowledgements, message, signal).finally(() => this.inFlight.delete(work));
    this.inFlight.add(work);
  }

  /** Never rejects. */
  private async processAndAnswer(
    acknowledgements: Acknowledgements,
    message: ConsumeMessage,
    signal: AbortSignal,
  ): Promise<void> {
    try {
      const answer = await this.processor.process(message, signal);
      if (answer === 'ack') acknowledgements.ack(message);
      else acknowledgements.nack(message, 'dead-letter');
    } catch (error) {
      this.logger.warn(`${message.fields.routingKey} goes back to the broker: ${errorLine(error)}`);
      acknowledgements.nack(message, 'requeue');
    }
  }

  private async stopIntake(): Promise<void> {
    this.stopping.abort();
    this.acknowledgements?.hold();
    if (this.keeper.current) await this.stopConsuming(this.keeper.current);
  }

  private async stopConsuming(channel: ConfirmChannel): Promise<void> {
    try {
      await channel.cancel(this.consumerTag);
    } catch (error) {
      this.logger.debug(`The consumer ended with its channel: ${errorLine(error)}`);
    }
  }

  private async finishWork(): Promise<void> {
    await Promise.all(this.inFlight);
    this.acknowledgements?.flush();
  }

  private async checkConsuming(): Promise<void> {
    if (this.keeper.current) return;
    throw new Error(`not consuming from ${this.configuration.queue}: ${this.keeper.whyClosed}`);
  }
}
