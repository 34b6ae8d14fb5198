import { Clock, Database, type Tx } from '@budget-buddy/platform';
import { Injectable } from '@nestjs/common';
import { type RawBuilder, sql } from 'kysely';
import type { Temporal } from 'temporal-polyfill';
import type { OutboxRow } from './event-message';
import { OUTBOX_PARTITIONS } from './outbox-table';

/** A row the broker refused, and why. */
export interface Refusal {
  row: OutboxRow;
  error: string;
  /** No queue was bound for it. */
  unheard: boolean;
}

/** What became of a batch. */
export interface BatchOutcome {
  publishedIds: number[];
  refusals: Refusal[];
}

/** What waited at one moment: no row that was added later, and none that was to be left alone then or is since. */
export interface Cutoff {
  lastId: number;
  at: Temporal.Instant;
}

/** Of all advisory locks in the database, these are the outbox's. */
const LOCK_SPACE = 0x0b0b;
/**
 * A relay that is frozen or cut off would keep its partition from all others: PostgreSQL ends its transaction. Longer
 * than a batch takes at most, with the wait for its last confirm.
 */
const IDLE_IN_TRANSACTION_MS = 20_000;
/** As the table's check has it. */
const MOST_REFUSALS = 1_000_000_000;
const FIRST_REFUSAL_DELAY_MS = 1_000;
const MOST_REFUSAL_DELAY_MS = 300_000;
/** Shorter: what waits for a listener is to go on soon after that is back. */
const MOST_UNHEARD_DELAY_MS = 30_000;

/** The outbox as relays see it: partitions, each of which one relay at a time may empty. */
@Injectable()
export class OutboxStore {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  /** What waits now. */
  async cutoff(): Promise<Cutoff> {
    const at = this.clock.now();
    const { lastId } = await this.database.db
      .selectFrom('events.outbox')
      .select(({ fn }) => fn.max('id').as('lastId'))
      .executeTakeFirstOrThrow();
    return { lastId: lastId ?? 0, at };
  }

  /** The partitions in which something can be published: one probe of the index for each. */
  async waitingPartitions(cutoff?: Cutoff): Promise<number[]> {
    const { rows } = await sql<{ n: number }>`
      select n from generate_series(0, ${sql.lit(OUTBOX_PARTITIONS - 1)}) as n
      cross join lateral (
        select 1 from events.outbox as o where o.partition = n and ${this.isPublishable(cutoff)} limit 1
      ) as waiting
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
    cutoff?: Cutoff,
  ): Promise<number | undefined> {
    return this.database.transaction(async (tx) => {
      if (!(await this.lock(tx, partition))) return undefined;
      const rows = await this.waitingRows(tx, partition, size, cutoff);
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

  private waitingRows(tx: Tx, partition: number, size: number, cutoff?: Cutoff): Promise<OutboxRow[]> {
    return tx
      .selectFrom('events.outbox as o')
      .select([
        'o.id',
        'o.message_id',
        'o.ordering_key',
        'o.type',
        'o.body',
        'o.mandatory',
        'o.created_at',
        'o.refusals',
      ])
      .where('o.partition', '=', partition)
      .where(this.isPublishable(cutoff))
      .orderBy('o.id')
      .limit(size)
      .execute();
  }

  /**
   * Whatever comes after a refused row of the same key waits with it; all other keys go on. Not by `exists`, of which
   * PostgreSQL may make one walk along all that waits.
   */
  private isPublishable({ lastId, at = this.clock.now() }: Partial<Cutoff> = {}): RawBuilder<boolean> {
    const inTime = lastId === undefined ? sql`true` : sql`o.id <= ${lastId}`;
    return sql<boolean>`
      o.published_at is null and ${inTime} and (
        select true from events.outbox as refused
        where refused.published_at is null and refused.retry_at > ${at}
          and refused.ordering_key = o.ordering_key and refused.id <= o.id
        limit 1
      ) is null`;
  }

  private async markPublished(tx: Tx, ids: number[]): Promise<void> {
    if (ids.length === 0) return;
    await tx
      .updateTable('events.outbox')
      .set({ published_at: this.clock.now(), retry_at: null })
      .where('id', '=', sql<number>`any(${ids})`)
      .execute();
  }

  private async markRefused(tx: Tx, { row, error, unheard }: Refusal): Promise<void> {
    const mostMs = unheard ? MOST_UNHEARD_DELAY_MS : MOST_REFUSAL_DELAY_MS;
    const delayMs = Math.min(FIRST_REFUSAL_DELAY_MS * 2 ** row.refusals, mostMs);
    await tx
      .updateTable('events.outbox')
      .set({
        refusals: Math.min(row.refusals + 1, MOST_REFUSALS),
        last_error: error,
        retry_at: this.clock.now().add({ milliseconds: delayMs }),
      })
      .where('id', '=', row.id)
      .execute();
  }
}
