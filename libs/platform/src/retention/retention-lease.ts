import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import type { Tx } from '../postgres/database';

/** Longer than a batch and its rest. A process that vanished in the middle of a pass is replaced after that, in ms. */
const LEASE_MS = 30_000;

/**
 * The right to remove rows: one process at a time has it, by the one row of a table. It is taken in the transaction
 * that removes something, so that a process which was frozen and has lost it removes nothing when it wakes.
 */
export class RetentionLease {
  private readonly holder = randomUUID();

  /** @param table its schema-qualified name; the columns are those of {@link createRetentionTable}. */
  constructor(private readonly table: string) {}

  /** Takes it, or keeps it some time longer. @returns false while another process has it, or it is not due again. */
  async take(tx: Tx): Promise<boolean> {
    const table = sql.table(this.table);
    const { rows } = await sql`
      update ${table} set holder = ${this.holder}, held_until = ${inMs(LEASE_MS)}
      where only_row = (
        select only_row from ${table} where holder = ${this.holder} or held_until <= clock_timestamp()
        for update skip locked)
      returning only_row`.execute(tx);
    return rows.length > 0;
  }

  /** Lets nobody have it for so long, if this process still has it. */
  async rest(tx: Tx, restMs: number): Promise<void> {
    await sql`
      update ${sql.table(this.table)} set holder = null, held_until = ${inMs(restMs)} where holder = ${this.holder}
    `.execute(tx);
  }
}

/** The time of the server, for the processes' own may differ. */
function inMs(ms: number) {
  return sql`clock_timestamp() + ${ms} * interval '1 millisecond'`;
}
