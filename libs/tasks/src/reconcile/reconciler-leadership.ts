import { Injectable } from '@nestjs/common';
import { sql } from 'kysely';
import { Database } from '@budget-buddy/platform';

/** Of all advisory locks in the database, this is the reconciler's (`tasks`, as bytes). */
const LOCK = 0x7461736b;

/** One reconciler at a time, whichever process it is in: the lock goes with the connection that holds it. */
@Injectable()
export class ReconcilerLeadership {
  constructor(private readonly database: Database) {}

  /** Does the work if nobody else is at it. @returns undefined when somebody is. */
  async ifLeader<Result>(work: () => Promise<Result>): Promise<Result | undefined> {
    return this.database.db.connection().execute(async (connection) => {
      const { rows } = await sql<{ leads: boolean }>`select pg_try_advisory_lock(${LOCK}) as leads`.execute(connection);
      if (!rows[0]?.leads) return undefined;
      try {
        return await work();
      } finally {
        await sql`select pg_advisory_unlock(${LOCK})`.execute(connection);
      }
    });
  }
}
