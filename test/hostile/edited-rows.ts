import { randomUUID } from 'node:crypto';
import { RenewBudget } from '@budget-buddy/budgets';
import { sql } from 'kysely';
import { budgetCreated } from '../support/budget-events';
import type { WholeSystem } from '../support/whole-system';

/** What somebody writes into columns of a row, as SQL's literals. */
export type Edit = Readonly<Record<string, string>>;

const LONG_AGO = '2026-01-01T00:00:00Z';

/** Rows written past the code of this system, as somebody does by hand. */
export class EditedRows {
  constructor(private readonly system: WholeSystem) {}

  /** The ledger's row for a renewal that is due, of a budget that nobody knows. @returns its key */
  async task(edit: Edit): Promise<string> {
    const budgetId = randomUUID();
    const key = RenewBudget.keyFor(budgetId);
    const payload = JSON.stringify({ budgetId, userId: randomUUID() });
    const times = { eta: LONG_AGO, due_at: LONG_AGO, created_at: LONG_AGO, updated_at: LONG_AGO };
    const row = { key, name: 'budget_renewal_task', queue: 'budget_renewal_queue', payload, status: 'scheduled' };
    await this.insert('tasks.task', { ...row, ...times, ...edit });
    return key;
  }

  /** A budget whose renewal is made due by hand, and then its row. @returns the key of the renewal */
  async budget(edit: string): Promise<string> {
    const budget = budgetCreated({ start_date: '2199-01-31T00:00:00Z' });
    const key = RenewBudget.keyFor(budget.budget_id);
    await this.system.publish('BudgetCreated', budget);
    await this.system.renewalIs('scheduled', budget);
    await sql`update budgets.budget set ${sql.raw(edit)} where id = ${budget.budget_id}`.execute(this.system.db);
    await sql`update tasks.task set due_at = ${LONG_AGO}, eta = ${LONG_AGO} where key = ${key}`.execute(this.system.db);
    return key;
  }

  /** An event that waits to be published, ordered with no other. @returns its message id */
  async event(edit: Edit = {}): Promise<string> {
    const message_id = randomUUID();
    const row = { message_id, ordering_key: message_id, type: 'BudgetRenewed', body: '{}', created_at: LONG_AGO };
    await this.insert('events.outbox', { ...row, ...edit });
    return message_id;
  }

  private async insert(table: string, row: Edit): Promise<void> {
    await sql`insert into ${sql.table(table)} (${sql.join(Object.keys(row).map((name) => sql.ref(name)))})
      values (${sql.join(Object.values(row))})`.execute(this.system.db);
  }
}
