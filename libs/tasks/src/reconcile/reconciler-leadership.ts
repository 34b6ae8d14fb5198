import { Injectable } from '@nestjs/common';
import { sql } from 'kysely';
import { Database } from '@budget-buddy/platform';
import { Reign, SILENCE_MS } from './reign';

/** Of all advisory locks in the database, this is the reconciler's (`tasks`, as bytes). */
const LOCK = 0x7461736b;

/**
 * One reconciler at a time, whichever process it is in. The lock is held by a transaction that has to give signs of
 * life: PostgreSQL ends one that is silent, and with it the leadership of a process that is frozen, hangs or is cut off.
 */
@Injectable()
export class ReconcilerLeadership {
  constructor(private readonly database: Database) {}

  /**
   * Does the work if nobody else is at it. @returns undefined when somebody is.
   * @throws LeadershipLostError when somebody else may lead by now; whatever the work throws.
   */
  async ifLeader<Result>(work: (reign: Reign) => Promise<Result>): Promise<Result | undefined> {
    return this.database.db.transaction().execute(async (tx) => {
      await sql`set local idle_in_transaction_session_timeout = ${sql.lit(SILENCE_MS)}`.execute(tx);
      const { rows } = await sql<{ leads: boolean }>`select pg_try_advisory_xact_lock(${LOCK}) as leads`.execute(tx);
      if (!rows[0]?.leads) return undefined;
      const reign = new Reign(() => sql`select 'the reconciler lives'`.execute(tx));
      try {
        return await Promise.race([work(reign), reign.lost]);
      } finally {
        reign.end();
      }
    });
  }
}
