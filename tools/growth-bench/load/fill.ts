import { sql } from 'kysely';
import type { RenewalProducer } from '../../bench/ours/renewal-producer';
import type { Place } from '../../bench/place';
import { patiently } from '../patiently';
import { copyTimers, type DueTimer } from './copy-timers';
import { timerTemplate } from './timer-template';

/** Rows a statement. */
const CHUNK = 20_000;

/**
 * Puts budgets with their open renewals into the ledger, due from a month to a year ahead, and their timers into Redis:
 * copies of what the product has made of one. @param missing so many have no timers.
 */
export async function fill(
  place: Place,
  producer: RenewalProducer,
  { count, missing }: { count: number; missing: number },
): Promise<void> {
  const template = await timerTemplate(place, producer);
  for (let from = 0; from < count; from += CHUNK) {
    const due = await addRenewals(place, producer, Math.min(CHUNK, count - from));
    await copyTimers(place.redis, template, due.slice(Math.max(0, missing - from)));
  }
}

/** The ids are random, as in production: an index that is filled in order would be smaller. */
async function addRenewals(
  { database }: Place,
  { taskTemplate, budgetTemplate }: RenewalProducer,
  count: number,
): Promise<DueTimer[]> {
  const { rows } = await sql<DueTimer>`
    with template as (
      select ${taskTemplate}::jsonb as task, ${budgetTemplate}::jsonb as budget
    ), renewal as materialized (
      select gen_random_uuid() as id,
        date_trunc('second', now()) + interval '30 days' + random() * interval '335 days' as due
      from generate_series(1, ${count}::integer)
    ), budget as (
      insert into budgets.budget
      select copy.* from template, renewal, lateral jsonb_populate_record(null::budgets.budget,
        template.budget || jsonb_build_object('id', id, 'chain_id', id)) as copy
    )
    insert into tasks.task
    select copy.* from template, renewal, lateral jsonb_populate_record(null::tasks.task,
      template.task || jsonb_build_object(
        'key', replace(template.task->>'key', template.task->'payload'->>'budgetId', id::text),
        'payload', template.task->'payload' || jsonb_build_object('budgetId', id),
        'eta', due, 'due_at', due, 'created_at', now(), 'updated_at', now())) as copy
    returning key, floor(extract(epoch from due_at) * 1000)::float8 as "dueAtMs"`.execute(database.db);
  return rows;
}

/** Puts so many events into the outbox that were published before: copies of one that the product has published. */
export async function fillOutbox(count: number): Promise<void> {
  await patiently(sql`
    insert into events.outbox (message_id, ordering_key, type, body, mandatory, created_at, published_at)
    select gen_random_uuid(), gen_random_uuid(), type, body, mandatory, created_at, published_at
    from (select * from events.outbox where published_at is not null limit 1) as one, generate_series(1, ${count}::integer)
  `);
}
