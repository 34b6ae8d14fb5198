import { randomUUID } from 'node:crypto';
import { RenewBudget } from '@budget-buddy/budgets';
import type { Database } from '@budget-buddy/platform';
import { isOpen, type TaskRecord } from '@budget-buddy/tasks';
import { Temporal } from 'temporal-polyfill';

/** What has become of one budget: its renewals, as the database has them. */
export interface Finding {
  /** The renewal tasks of the budget and of those that followed it, in order. */
  readonly tasks: readonly Pick<TaskRecord, 'key' | 'status' | 'eta' | 'createdAt' | 'history'>[];
  /** When the latest of its periods ends, in its own zone. */
  readonly lastEnd?: Temporal.PlainDate;
  readonly deadLetter?: string;
}

/** The finding in the words of the story's expectations. */
export function describeFinding({ tasks, lastEnd, deadLetter }: Finding): string {
  if (tasks.length === 0) return deadLetter ? 'not scheduled, dead letter' : 'not scheduled';
  const renewed = tasks.filter(({ status }) => status === 'succeeded').length;
  const last = tasks.at(-1)!;
  if (renewed === 0) return `not renewed, ${last.status}`;
  const times = renewed === 1 ? 'once' : `${renewed} times`;
  return `renewed ${times}, then ${isOpen(last) ? `to ${String(lastEnd)}` : last.status}`;
}

/** How late the tasks that were due in the future when they were scheduled have started, in ms; the worst of them. */
export function latenessMs({ tasks }: Finding): number | undefined {
  const late = tasks.flatMap(({ eta, createdAt, history }) => {
    const attempt = history.find((entry) => entry.what === 'attempt');
    if (attempt?.what !== 'attempt' || Temporal.Instant.compare(eta, createdAt) < 0) return [];
    return [Temporal.Instant.from(attempt.startedAt).since(eta).total('milliseconds')];
  });
  return late.length === 0 ? undefined : Math.max(...late);
}

/** Looks a budget up, with all that renewed it. */
export async function findingOf({ db }: Database, budgetId: string): Promise<Finding> {
  const budgets = await db
    .selectFrom('budgets.budget')
    .select(['id', 'ends_at', 'time_zone'])
    .where('chain_id', '=', budgetId)
    .orderBy('starts_at')
    .execute();
  const keys = budgets.map(({ id }) => RenewBudget.keyFor(id));
  const tasks = await db
    .selectFrom('tasks.task')
    .select(['key', 'status', 'eta', 'created_at as createdAt', 'history'])
    .where('key', 'in', keys.length > 0 ? keys : [randomUUID()])
    .execute();
  const last = budgets.at(-1);
  return {
    tasks: keys.flatMap((key) => tasks.filter((task) => task.key === key)),
    lastEnd: last?.ends_at.toZonedDateTimeISO(last.time_zone).toPlainDate(),
  };
}
