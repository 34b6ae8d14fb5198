import type { ColumnType, Generated } from 'kysely';
import type { Temporal } from 'temporal-polyfill';

/** An event to be published, or that was. */
export interface OutboxTable {
  /** The order of publishing, within one ordering key. */
  id: Generated<number>;
  message_id: string;
  ordering_key: string;
  /** Which of {@link OUTBOX_PARTITIONS} groups of keys it is in; computed by the database. */
  partition: ColumnType<number, never, never>;
  type: string;
  /** The message's bytes, as JSON text. */
  body: string;
  /** A queue must be bound for it: while there is none, it is refused. */
  mandatory: Generated<boolean>;
  created_at: Temporal.Instant;
  published_at: Temporal.Instant | null;
  /** How often the broker has refused it, why, and until when it is left alone. */
  refusals: Generated<number>;
  last_error: string | null;
  retry_at: Temporal.Instant | null;
}

/** As many relays as this can publish side by side. Part of the schema. */
export const OUTBOX_PARTITIONS = 16;

declare module '@budget-buddy/platform' {
  interface Tables {
    'events.outbox': OutboxTable;
  }
}
