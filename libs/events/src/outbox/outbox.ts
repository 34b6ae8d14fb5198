import { Clock, Database, type Tx } from '@budget-buddy/platform';
import { Injectable } from '@nestjs/common';
import { isUUID } from 'class-validator';
import { eventMetadata } from '../event/domain-event';
import { encodeEvent } from '../event/encode-event';
import { EventsConfiguration } from '../events-configuration';
import { OversizedEventError } from '../event/oversized-event-error';
import { OutboxRelay } from './outbox-relay';

/** Under which identity and in which order an event is published. */
export interface OutboxOptions {
  /** A UUID that follows from what happened, so that the same happening has the same one each time. */
  messageId: string;
  /** Events of one key are published in the order in which they were added: the id of what they are about. */
  orderingKey: string;
}

/** Publishes events as part of a transaction: if and only if it commits, at least once, under one message id. */
@Injectable()
export class Outbox {
  constructor(
    private readonly database: Database,
    private readonly relay: OutboxRelay,
    private readonly configuration: EventsConfiguration,
    private readonly clock: Clock,
  ) {}

  /**
   * Adds an event to those to be published. A message id that was added before is left as it is.
   *
   * The order within a key is that of the rows' ids, which PostgreSQL gives out before it commits. Two transactions
   * that add to one key at the same time must therefore have serialised themselves before: by the lock on the row
   * the events are about, which whoever changes it holds anyway.
   * @throws InvalidEventError, UnencodableEventError, OversizedEventError, NotADomainEventError: the event cannot be
   *   published, and the transaction should fail.
   */
  async add(tx: Tx, event: object, { messageId, orderingKey }: OutboxOptions): Promise<void> {
    if (!isUUID(messageId)) throw new TypeError(`Outbox: the message id is "${messageId}", expected a UUID`);
    const { name: type, mustBeHeard: mandatory } = eventMetadata(event.constructor);
    const body = JSON.stringify(encodeEvent(event));
    const { maxBytes } = this.configuration;
    if (Buffer.byteLength(body) > maxBytes) throw new OversizedEventError(Buffer.byteLength(body), maxBytes);
    const created_at = this.clock.now();
    await tx
      .insertInto('events.outbox')
      .values({ message_id: messageId, ordering_key: orderingKey, type, body, mandatory, created_at })
      .onConflict((conflict) => conflict.column('message_id').doNothing())
      .execute();
    this.database.afterCommit(tx, async () => this.relay.wake());
  }
}
