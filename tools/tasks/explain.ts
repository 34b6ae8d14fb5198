import type { Database, Tables } from '@budget-buddy/platform';
import { historyOf, type TaskHistoryEntry, taskUuid } from '@budget-buddy/tasks';
import { RenewBudget } from '@budget-buddy/budgets';
import type { Selectable } from 'kysely';

type BudgetRow = Selectable<Tables['budgets.budget']>;
type TaskRow = Selectable<Tables['tasks.task']>;
type OutboxRow = Pick<Selectable<Tables['events.outbox']>, 'type' | 'message_id' | 'published_at' | 'last_error'>;

const UUID = /[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

const WHATS = new Set(['attempt', 'moved', 'cancelled', 'replayed', 'revived', 'put-off']);

/** Failures for good that are looked for, the latest; a revision may be a number that somebody wrote by hand. */
const MOST_FAILURES = 1_000;

/** Everything there is to know of a budget or a task: event, decision, timer, attempts, outcome, and what followed. */
export async function explain(database: Database, subject: string): Promise<string> {
  const id = UUID.exec(subject)?.[0].toLowerCase();
  const story = id ? await explainBudget(database, id) : [];
  if (story.length > 0) return story.join('\n');
  const task = await findTask(database, subject);
  if (task) return (await explainTask(database, task)).join('\n');
  return `Nothing is known of ${subject}: no event about it has arrived. Was it published, or is it among the dead letters?`;
}

async function explainBudget(database: Database, id: string): Promise<string[]> {
  const { db } = database;
  const budget = await db.selectFrom('budgets.budget').selectAll().where('id', '=', id).executeTakeFirst();
  const gone = await db.selectFrom('budgets.deactivation').selectAll().where('budget_id', '=', id).executeTakeFirst();
  const deactivation = gone ? [`  deactivated ${String(gone.deactivated_at)}`] : [];
  if (!budget) return gone ? [`Budget ${id}: only its deactivation is known`, ...deactivation] : [];
  const task = await findTask(database, RenewBudget.keyFor(id));
  const successor = await db.selectFrom('budgets.budget').select('id').where('renewal_of', '=', id).executeTakeFirst();
  return [
    ...describeBudget(budget),
    ...deactivation,
    ...(task ? await explainTask(database, task) : [withoutTask(successor)]),
    ...(successor ? [`  renewed as budget ${successor.id}`, '', ...(await explainBudget(database, successor.id))] : []),
  ];
}

function describeBudget(budget: BudgetRow): string[] {
  const anchor = `${budget.strategy}, day ${[budget.anchor_month, budget.anchor_day].filter(Boolean).join('/')}`;
  return [
    `Budget ${budget.id} "${budget.name}" of user ${budget.user_id}`,
    `  ${anchor} at ${budget.anchor_time} ${budget.time_zone}`,
    `  from ${String(budget.starts_at)} until before ${String(budget.ends_at)}`,
    `  known from an event of ${budget.as_of ? String(budget.as_of) : 'unknown time'}`,
    ...(budget.renewal_of ? [`  it renews budget ${budget.renewal_of}`] : []),
  ];
}

/** A renewal that was done long ago has left the ledger; what it made has not. */
function withoutTask(successor: object | undefined): string {
  return successor ? '  its renewal is no longer in the ledger' : '  no renewal is scheduled';
}

async function explainTask(database: Database, task: TaskRow): Promise<string[]> {
  const published = await eventsOf(database, task);
  return [
    `  task ${task.key}: ${task.status}${task.reason ? `, ${task.reason}` : ''}`,
    `    scheduled ${String(task.created_at)} for ${String(task.eta)} in ${task.queue}`,
    ...(task.finished_at ? [] : [`    its timer (revision ${task.revision}) fires ${String(task.due_at)}`]),
    ...historyOf(task.history).map((entry) => `    ${describeEntry(entry)}`),
    ...(task.result == null ? [] : [`    result ${JSON.stringify(task.result)}`]),
    ...published.map((event) => `    ${describeEvent(event)}`),
  ];
}

function describeEntry(entry: TaskHistoryEntry): string {
  if (!WHATS.has(entry?.what)) return `somebody wrote by hand: ${JSON.stringify(entry)}`;
  if (entry.what === 'attempt') {
    const next = entry.nextDueAt ? `, next try ${entry.nextDueAt}` : '';
    const error = entry.error ? `: ${entry.error}` : '';
    return `attempt ${entry.attempt} ${entry.startedAt} to ${entry.finishedAt} ${entry.outcome}${error}${next} (${entry.worker})`;
  }
  const to = entry.to ? ` from ${entry.from} to ${entry.to}` : '';
  return `${entry.what} ${entry.at}${to}${entry.reason ? `: ${entry.reason}` : ''}`;
}

function describeEvent({ type, message_id, published_at, last_error }: OutboxRow): string {
  if (published_at) return `${type} ${message_id} published ${String(published_at)}`;
  return `${type} ${message_id} waits to be published${last_error ? `: ${last_error}` : ''}`;
}

function findTask({ db }: Database, key: string): Promise<TaskRow | undefined> {
  return db.selectFrom('tasks.task').selectAll().where('key', '=', key).executeTakeFirst();
}

/** Their ids follow from the task's key, those of failures also from how often it was scheduled anew. */
function eventsOf({ db }: Database, { key, revision }: TaskRow): Promise<OutboxRow[]> {
  const length = Math.min(revision, MOST_FAILURES);
  const failures = Array.from({ length }, (_, index) => `BudgetRenewalFailed/${revision - index}`);
  const ids = ['BudgetRenewed', ...failures].map((event) => taskUuid(key, event));
  return db
    .selectFrom('events.outbox')
    .select(['type', 'message_id', 'published_at', 'last_error'])
    .where('message_id', 'in', ids)
    .orderBy('id')
    .execute();
}
