import type { ExpiredRows, RemoveBatch } from '@budget-buddy/platform';
import { sql } from 'kysely';
import type { Temporal } from 'temporal-polyfill';

/** Rows that are removed in one go. */
const BATCH = 500;

/**
 * The tasks of one name that have succeeded or were skipped before an instant. What has failed waits for somebody to
 * replay it, and what was cancelled was somebody's decision that nothing else may remember: both stay.
 */
export class SettledTasks implements ExpiredRows {
  readonly what: string;

  /** @param before gives that instant, when a walk begins. */
  constructor(
    private readonly name: string,
    private readonly before: () => Temporal.Instant,
  ) {
    this.what = `settled tasks (${name})`;
  }

  walk(): RemoveBatch {
    const before = this.before();
    // Not from the start each time: until the table is vacuumed, the index still has what is removed.
    let from = '-infinity';
    return async (tx) => {
      const { rows } = await sql<{ removed: number; until: string | null }>`
        with expired as materialized (
          select key, finished_at from tasks.task
          where status in ('succeeded', 'skipped') and name = ${this.name}
            and finished_at >= ${from}::timestamptz and finished_at < ${before}
          order by finished_at limit ${sql.lit(BATCH)}
          for update skip locked
        ), gone as (
          delete from tasks.task where key = any (array(select key from expired)) returning key
        )
        select (select count(*)::integer from gone) as removed, max(finished_at)::text as until from expired
      `.execute(tx);
      const { removed, until } = rows[0]!;
      from = until ?? from;
      return { removed, isLast: removed === 0 };
    };
  }
}
