import type { ExpiredRows, RemoveBatch } from '@budget-buddy/platform';
import { sql } from 'kysely';
import type { Temporal } from 'temporal-polyfill';

/** Rows that are looked at in one go. */
const PAGE = 1_000;

/** The records of the reconciler from before an instant, the oldest first: their ids ascend with the time. */
export class OldReconciliations implements ExpiredRows {
  readonly what = 'records of the reconciler';

  /** @param before gives that instant, when a walk begins. */
  constructor(private readonly before: () => Temporal.Instant) {}

  walk(): RemoveBatch {
    const before = this.before();
    return async (tx) => {
      const { rows } = await sql`
        with oldest as materialized (select id, at from tasks.reconciliation order by id limit ${sql.lit(PAGE)})
        delete from tasks.reconciliation
        where id = any (array(select id from oldest where at < ${before}))
        returning id`.execute(tx);
      return { removed: rows.length, isLast: rows.length < PAGE };
    };
  }
}
