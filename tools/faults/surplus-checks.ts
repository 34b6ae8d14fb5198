import { bodyOf, type Link, renewalKey } from './chains';
import type { Difference } from './difference';
import type { Evidence } from './evidence';

/**
 * What nobody expects: budgets, tasks and events that no story leads to, and events that never got out.
 * @param unjudged the ids of budgets of which nothing is expected.
 */
export function checkSurplus(links: readonly Link[], unjudged: readonly string[], evidence: Evidence): Difference[] {
  const expected = links.flatMap(({ id, successors }) => [id, ...successors.map((row) => row.id)]);
  const ids = new Set([...expected, ...unjudged]);
  const keys = new Set([...ids].map((id) => renewalKey(String(id))));
  const budgets = evidence.budgets.filter(({ id }) => !ids.has(id));
  const tasks = evidence.tasks.filter(({ key }) => !keys.has(key));
  const events = evidence.events.filter(
    (message) => message.event !== 'BudgetRenewed' || !ids.has(String(bodyOf(message)['old_budget_id'])),
  );
  return [
    ...budgets.map((row) => surplus('a budget that nobody told of', row.id, row)),
    ...tasks.map((task) => surplus('a task that nobody asked for', task.key, task)),
    ...events.map((message) => surplus(`${message.event} that no story leads to`, message.messageId, bodyOf(message))),
    ...(evidence.unpublished > 0
      ? [surplus('events that were never published', 'events.outbox', `${evidence.unpublished} rows`)]
      : []),
  ];
}

function surplus(what: string, about: string, found: unknown): Difference {
  return { what, about, expected: 'none', found };
}
