import { Clock, isTransientDatabaseError, errorLine } from '@budget-buddy/platform';
import { Injectable, Logger } from '@nestjs/common';
import type { ConsumeMessage } from 'amqplib';
import { decodeEvent } from '../event/decode-event';
import { OversizedEventError } from '../event/oversized-event-error';
import { EventsConfiguration } from '../events-configuration';
import { contextOf, type Delivery, readDelivery } from './delivery';
import { decideOnFailure } from './failure-policy';
import { type EventRoute, HandlerRegistry } from './handler-registry';
import { DatabasePatience } from './database-patience';
import { MessageMover } from './message-mover';
import { UnknownEventError } from './unknown-event-error';

/** Why a message cannot be answered: the broker has it back already. */
export class ChannelLostError extends Error {
  override readonly name = 'ChannelLostError';

  constructor() {
    super('the channel was lost while the message was handled');
  }
}

/** A message's way through this service, from its bytes to what became of it. */
@Injectable()
export class EventProcessor {
  private readonly logger = new Logger(EventProcessor.name);
  private readonly patience = new DatabasePatience();
  private readonly delaysMs: readonly number[];

  constructor(
    private readonly registry: HandlerRegistry,
    private readonly mover: MessageMover,
    private readonly configuration: EventsConfiguration,
    private readonly clock: Clock,
  ) {
    this.delaysMs = configuration.retryDelays.map((delay) => delay.total('milliseconds'));
  }

  /**
   * Resolves when the message may be acknowledged: it was handled, or a confirmed copy of it is in another queue.
   * @param signal aborted when the message cannot or shall not be acknowledged any more.
   * @throws Error only then: the broker has to deliver the message again.
   */
  async process(message: ConsumeMessage, signal: AbortSignal): Promise<void> {
    const delivery = readDelivery(message, this.clock.now());
    try {
      await this.handle(delivery, signal);
    } catch (error) {
      // Where the original is delivered again anyway, a copy of it would be one too many.
      if (signal.reason instanceof ChannelLostError) throw error;
      if (signal.aborted && isTransientDatabaseError(error)) throw error;
      await this.recover(delivery, error, signal);
    }
  }

  private async handle(delivery: Delivery, signal: AbortSignal): Promise<void> {
    const { content } = delivery.message;
    if (content.length > this.configuration.maxBytes) {
      throw new OversizedEventError(content.length, this.configuration.maxBytes);
    }
    const route = this.routeOf(delivery);
    const event = decodeEvent(route.eventClass, content);
    const context = contextOf(delivery);
    await this.patience.run(() => route.handle(event, context), signal);
  }

  /** By routing key; what was put into the queue directly, by its type. */
  private routeOf({ routingKey, message }: Delivery): EventRoute {
    const type = message.properties.type as string | undefined;
    const route = this.registry.routeOf(routingKey) ?? this.registry.routeOf(type ?? '');
    if (!route) throw new UnknownEventError(routingKey, type, this.registry.eventNames);
    return route;
  }

  private async recover(delivery: Delivery, error: unknown, signal: AbortSignal): Promise<void> {
    const decision = decideOnFailure(error, delivery.failures, this.delaysMs);
    const what = `${delivery.routingKey} ${delivery.message.properties.messageId ?? '(no message id)'}`;
    const at = this.clock.now();
    switch (decision.kind) {
      case 'park':
        return this.mover.park(delivery, signal);
      case 'retry':
        this.logger.warn(
          `${what} failed at attempt ${delivery.failures + 1}, next in ${decision.delayMs} ms: ${errorLine(error)}`,
        );
        return this.mover.retry(delivery, error, at, decision.delayMs, signal);
      case 'dead-letter':
        this.logger.error(`${what} goes to the dead letters (${decision.reason}): ${errorLine(error)}`);
        return this.mover.deadLetter(delivery, decision.reason, error, at, signal);
    }
  }
}
