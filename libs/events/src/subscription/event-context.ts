import type { Temporal } from 'temporal-polyfill';

/** What is known of the message that brought an event. */
export interface EventContext {
  /** As its publisher set it; nobody promises one. */
  readonly messageId?: string;
  /** With which it was published: the event's name or one of its aliases. */
  readonly routingKey: string;
  /** 1 the first time, one more after each failure. Tries that only found PostgreSQL away do not count. */
  readonly attempt: number;
  /** The broker handed it out before, and got no answer. */
  readonly redelivered: boolean;
  /** AMQP headers as the publisher sent them: unchecked. */
  readonly headers: Readonly<Record<string, unknown>>;
  /** When this service first received it. */
  readonly receivedAt: Temporal.Instant;
}
