import { Clock, Database, sharedWrite, timestamp, type Tx } from '@budget-buddy/platform';
import { Injectable } from '@nestjs/common';
import { isUUID } from 'class-validator';
import { eventMetadata } from '../event/domain-event';
import { encodeEvent } from '../event/encode-event';
import { sql } from 'kysely';
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

/** What is to be in the outbox. */
interface NewEvent {
  readonly message_id: string;
  readonly ordering_key: string;
  readonly type: string;
  /** JSON as text, for these are the bytes to be published. */
  readonly body: string;
  readonly mandatory: boolean;
  readonly created_at: string;
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
    const row = { message_id: messageId, ordering_key: orderingKey, type, body, mandatory };
    await this.insert(tx, { ...row, created_at: timestamp(this.clock.now()) });
    this.database.afterCommit(tx, async () => this.relay.wake());
  }

  private readonly insert = sharedWrite(insertEvents);
}

/** In their order: that of the ids, and so of the publishing. */
async function insertEvents(tx: Tx, rows: readonly NewEvent[]): Promise<void[]> {
  await sql`
    insert into events.outbox (message_id, ordering_key, type, body, mandatory, created_at)
    select message_id, ordering_key, type, body, mandatory, created_at
    from json_to_recordset(${JSON.stringify(rows)}::json) as event (
      message_id uuid, ordering_key text, type text, body text, mandatory boolean, created_at timestamptz)
    on conflict (message_id) do nothing`.execute(tx);
  return rows.map(() => undefined);
}
