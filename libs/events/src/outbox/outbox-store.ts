import { Clock, Database, type Tx } from '@budget-buddy/platform';
import { Injectable } from '@nestjs/common';
import { sql } from 'kysely';
import type { OutboxRow } from './event-message';
import { OUTBOX_PARTITIONS } from './outbox-table';

/** A row the broker refused, and why. */
export interface Refusal {
  row: OutboxRow;
  error: string;
}

/** What became of a batch. */
export interface BatchOutcome {
  publishedIds: number[];
  refusals: Refusal[];
}

/** Of all advisory locks in the database, these are the outbox's. */
const LOCK_SPACE = 0x0b0b;
/**
 * A relay that is frozen or cut off would keep its partition from all others: PostgreSQL ends its transaction. Longer
 * than a batch takes at most, with the wait for its last confirm.
 */
const IDLE_IN_TRANSACTION_MS = 20_000;
const FIRST_REFUSAL_DELAY_MS = 1_000;
const MOST_REFUSAL_DELAY_MS = 300_000;

/** The outbox as relays see it: partitions, each of which one relay at a time may empty. */
@Injectable()
export class OutboxStore {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  /** The partitions in which something waits: one probe of the index for each. */
  async waitingPartitions(): Promise<number[]> {
    const { rows } = await sql<{ n: number }>`
      select n from generate_series(0, ${sql.lit(OUTBOX_PARTITIONS - 1)}) as n
      where exists (select from events.outbox where partition = n and published_at is null)
    `.execute(this.database.db);
    return rows.map(({ n }) => n);
  }

  /**
   * Has `publish` work on the oldest rows of a partition, and records what became of them.
   * @returns how many were read; undefined when another relay is at work there.
   */
  async takeBatch(
    partition: number,
    size: number,
    publish: (rows: OutboxRow[]) => Promise<BatchOutcome>,
  ): Promise<number | undefined> {
    return this.database.transaction(async (tx) => {
      if (!(await this.lock(tx, partition))) return undefined;
      const rows = await this.waitingRows(tx, partition, size);
      if (rows.length === 0) return 0;
      const { publishedIds, refusals } = await publish(rows);
      await this.markPublished(tx, publishedIds);
      for (const refusal of refusals) await this.markRefused(tx, refusal);
      return rows.length;
    });
  }

  /** A statement of its own: one that also read the rows would see them as they were before the lock was free. */
  private async lock(tx: Tx, partition: number): Promise<boolean> {
    const { rows } = await sql<{ locked: boolean }>`
      select pg_try_advisory_xact_lock(${LOCK_SPACE}, ${partition}) as locked,
             set_config('idle_in_transaction_session_timeout', ${String(IDLE_IN_TRANSACTION_MS)}, true)
    `.execute(tx);
    return rows[0]?.locked === true;
  }

  /** Whatever comes after a refused row of the same key waits with it; all other keys go on. */
  private waitingRows(tx: Tx, partition: number, size: number): Promise<OutboxRow[]> {
    return tx
      .selectFrom('events.outbox as o')
      .select(['o.id', 'o.message_id', 'o.ordering_key', 'o.type', 'o.body', 'o.created_at', 'o.refusals'])
      .where('o.partition', '=', partition)
      .where('o.published_at', 'is', null)
      .where((o) =>
        o.not(
          o.exists(
            o
              .selectFrom('events.outbox as refused')
              .select('refused.id')
              .where('refused.published_at', 'is', null)
              .where('refused.retry_at', '>', this.clock.now())
              .whereRef('refused.ordering_key', '=', 'o.ordering_key')
              .whereRef('refused.id', '<=', 'o.id'),
          ),
        ),
      )
      .orderBy('o.id')
      .limit(size)
      .execute();
  }

  private async markPublished(tx: Tx, ids: number[]): Promise<void> {
    if (ids.length === 0) return;
    await tx
      .updateTable('events.outbox')
      .set({ published_at: this.clock.now(), retry_at: null })
      .where('id', '=', sql<number>`any(${ids})`)
      .execute();
  }

  private async markRefused(tx: Tx, { row, error }: Refusal): Promise<void> {
    const delayMs = Math.min(FIRST_REFUSAL_DELAY_MS * 2 ** row.refusals, MOST_REFUSAL_DELAY_MS);
    await tx
      .updateTable('events.outbox')
      .set({
        refusals: row.refusals + 1,
        last_error: error,
        retry_at: this.clock.now().add({ milliseconds: delayMs }),
      })
      .where('id', '=', row.id)
      .execute();
  }
}
