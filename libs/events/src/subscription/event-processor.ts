import { Clock, isTransientDatabaseError, errorLine, oneLine } from '@budget-buddy/platform';
import { Injectable, Logger } from '@nestjs/common';
import type { ConsumeMessage } from 'amqplib';
import { bodySize, isBodyLeftOut } from '../broker/large-bodies';
import { hasUnreadableHeaders } from '../broker/unreadable-headers';
import { decodeEvent } from '../event/decode-event';
import { OversizedEventError } from '../event/oversized-event-error';
import { UnreadableHeadersError } from '../event/unreadable-headers-error';
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

/** `reject`: the broker is to move the message to the dead letters itself. */
export type Answer = 'ack' | 'reject';

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
   * Resolves when the message may be answered: it was handled, a confirmed copy of it is in another queue, or it did not
   * come whole, and only the broker can move it.
   * @param signal aborted when the message cannot or shall not be acknowledged any more.
   * @throws Error only then: the broker has to deliver the message again.
   */
  async process(message: ConsumeMessage, signal: AbortSignal): Promise<Answer> {
    const delivery = readDelivery(message, this.clock.now());
    try {
      await this.handle(delivery, signal);
      return 'ack';
    } catch (error) {
      // Where the original is delivered again anyway, a copy of it would be one too many.
      if (signal.reason instanceof ChannelLostError) throw error;
      if (signal.aborted && isTransientDatabaseError(error)) throw error;
      return this.recover(delivery, error, signal);
    }
  }

  private async handle(delivery: Delivery, signal: AbortSignal): Promise<void> {
    const bytes = bodySize(delivery.message);
    if (bytes > this.configuration.maxBytes) throw new OversizedEventError(bytes, this.configuration.maxBytes);
    if (hasUnreadableHeaders(delivery.message)) throw new UnreadableHeadersError();
    const route = this.routeOf(delivery);
    const event = decodeEvent(route.eventClass, delivery.message.content);
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

  private async recover(delivery: Delivery, error: unknown, signal: AbortSignal): Promise<Answer> {
    const decision = decideOnFailure(error, delivery.failures, this.delaysMs);
    const what = oneLine(`${delivery.routingKey} ${delivery.message.properties.messageId ?? '(no message id)'}`);
    const at = this.clock.now();
    switch (decision.kind) {
      case 'park':
        await this.mover.park(delivery, signal);
        return 'ack';
      case 'retry':
        this.logger.warn(
          `${what} failed at attempt ${delivery.failures + 1}, next in ${decision.delayMs} ms: ${errorLine(error)}`,
        );
        await this.mover.retry(delivery, error, at, decision.delayMs, signal);
        return 'ack';
      case 'dead-letter':
        this.logger.error(`${what} goes to the dead letters (${decision.reason}): ${errorLine(error)}`);
        if (!isWhole(delivery.message)) return 'reject';
        await this.mover.deadLetter(delivery, decision.reason, error, at, signal);
        return 'ack';
    }
  }
}

/** Whether a copy of it would be one. */
function isWhole(message: ConsumeMessage): boolean {
  return !isBodyLeftOut(message) && !hasUnreadableHeaders(message);
}
