import { errorLine } from '@budget-buddy/platform';
import { setTimeout as sleep } from 'node:timers/promises';
import { Injectable, Logger } from '@nestjs/common';
import type { Temporal } from 'temporal-polyfill';
import { MessageRefusedError } from '../broker/broker-errors';
import { ConfirmingPublisher } from '../broker/confirming-publisher';
import { growingDelayMs } from '../broker/growing-delay';
import { deadLetterQueue, PARKING_DELAY_MS, retryQueue } from '../broker/topology';
import { EventsConfiguration } from '../events-configuration';
import type { Delivery } from './delivery';
import type { DeadLetterReason } from './failure-policy';
import { deadLetterCopy, type MessageCopy, retryCopy } from './message-copy';

/** Puts copies of messages into this service's other queues. Each resolves when the broker has confirmed the copy. */
@Injectable()
export class MessageMover {
  private readonly logger = new Logger(MessageMover.name);

  constructor(
    private readonly publisher: ConfirmingPublisher,
    private readonly configuration: EventsConfiguration,
  ) {}

  /** To be tried again after the delay, one failure later. */
  retry(delivery: Delivery, error: unknown, at: Temporal.Instant, delayMs: number, signal: AbortSignal): Promise<void> {
    return this.move(retryQueue(this.configuration.queue, delayMs), retryCopy(delivery, { error, at }), signal);
  }

  /** To be tried again soon, without a failure. A new message: the broker counts its deliveries from 0 again. */
  park(delivery: Delivery, signal: AbortSignal): Promise<void> {
    return this.move(retryQueue(this.configuration.queue, PARKING_DELAY_MS), retryCopy(delivery), signal);
  }

  deadLetter(
    delivery: Delivery,
    reason: DeadLetterReason,
    error: unknown,
    at: Temporal.Instant,
    signal: AbortSignal,
  ): Promise<void> {
    const queue = deadLetterQueue(this.configuration.queue);
    return this.move(queue, deadLetterCopy(delivery, reason, error, at), signal);
  }

  /**
   * Goes on trying: the original stays with this process meanwhile. Giving it back would have the broker deliver it
   * again at once, and at the twentieth time dead-letter it without a reason.
   */
  private async move(queue: string, copy: MessageCopy, signal: AbortSignal): Promise<void> {
    for (let failures = 1; ; failures++) {
      try {
        return await this.publisher.publish({ exchange: '', routingKey: queue, mandatory: true, ...copy });
      } catch (error) {
        if (signal.aborted) throw error;
        if (failures === 1) this.logger.warn(`A message could not be moved to ${queue} yet: ${errorLine(error)}`);
        await sleep(growingDelayMs(failures), undefined, { signal });
        if (error instanceof MessageRefusedError && error.unroutable) await this.declareQueues();
      }
    }
  }

  /** Somebody has deleted one. */
  private async declareQueues(): Promise<void> {
    try {
      await this.publisher.declareQueues();
    } catch (error) {
      this.logger.error(`The queues could not be declared again: ${errorLine(error)}`);
    }
  }
}
