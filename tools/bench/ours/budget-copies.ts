import type { Database } from '@budget-buddy/platform';
import { sql } from 'kysely';

/** A budget's row as {@link copyBudget} takes it. The row is removed. */
export async function takeBudget({ db }: Database, budgetId: string): Promise<string> {
  const { rows } = await sql<{ row: string }>`
    delete from budgets.budget as budget where id = ${budgetId} returning to_jsonb(budget)::text as row`.execute(db);
  if (!rows[0]) throw new Error(`there is no budget ${budgetId}`);
  return rows[0].row;
}

/** Stores budgets that are copies of one that the product has recorded. */
export async function copyBudget({ db }: Database, template: string, ids: readonly string[]): Promise<void> {
  await sql`
    insert into budgets.budget
    select (jsonb_populate_record(null::budgets.budget,
      ${template}::jsonb || jsonb_build_object('id', id, 'chain_id', id))).*
    from jsonb_array_elements_text(${JSON.stringify(ids)}::jsonb) as id`.execute(db);
}
