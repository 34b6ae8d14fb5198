import type { Database } from '@budget-buddy/platform';
import { sql } from 'kysely';

/** Puts open renewals into the ledger, due from a month to a year ahead, whose timers are not set. */
export async function addOpenRows({ db }: Database, count: number): Promise<void> {
  const step = 50_000;
  for (let from = 1; from <= count; from += step) {
    await sql`
      insert into tasks.task (key, name, queue, payload, status, eta, due_at, created_at, updated_at)
      select 'renew-budget-' || id, 'budget_renewal_task', 'budget_renewal_queue',
        jsonb_build_object('budgetId', id, 'userId', id), 'scheduled', due, due, now(), now()
      from (
        select gen_random_uuid() as id, date_trunc('second', now()) + interval '30 days' + random() * interval '335 days' as due
        from generate_series(${from}::integer, ${Math.min(count, from + step - 1)}::integer)
      ) as budget`.execute(db);
  }
  await sql`analyze tasks.task`.execute(db);
}
