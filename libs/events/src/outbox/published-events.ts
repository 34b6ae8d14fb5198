import type { ExpiredRows, RemoveBatch } from '@budget-buddy/platform';
import { sql } from 'kysely';
import type { Temporal } from 'temporal-polyfill';

/** Rows that are looked at in one go. */
const PAGE = 1_000;

/** What one page came to. */
interface Page {
  removed: number;
  lastId: number | null;
  /** Nothing in it is old enough, published or not: the ids ascend with the time. */
  allYoung: boolean;
}

/** The events that were published before an instant. Their ids ascend with their age: no index is needed to find them. */
export class PublishedEvents implements ExpiredRows {
  readonly what = 'published events';

  /** @param before gives that instant, when a walk begins. */
  constructor(private readonly before: () => Temporal.Instant) {}

  walk(): RemoveBatch {
    const before = this.before();
    let afterId = -1;
    return async (tx) => {
      const { rows } = await sql<Page>`
        with page as materialized (
          select id, created_at, published_at from events.outbox where id > ${afterId} order by id limit ${sql.lit(PAGE)}
        ), expired as materialized (
          select o.id from events.outbox as o
          where o.id = any (array(select id from page where published_at < ${before}))
          for update skip locked
        ), gone as (
          delete from events.outbox where id = any (array(select id from expired)) returning id
        )
        select (select count(*)::integer from gone) as "removed", max(id) as "lastId",
          coalesce(bool_and(created_at >= ${before}), true) as "allYoung"
        from page`.execute(tx);
      const { removed, lastId, allYoung } = rows[0]!;
      afterId = lastId ?? afterId;
      return { removed, isLast: allYoung };
    };
  }
}
