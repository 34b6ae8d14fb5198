/** A statement that must not become slower with the number of rows, and how its text is known. */
export interface HotStatement {
  readonly title: string;
  readonly pattern: RegExp;
}

/** Those that are run for each task, or again and again whatever there is to do. */
export const hotStatements: readonly HotStatement[] = [
  { title: 'claim of a task by its key', pattern: /from "?tasks"?\."?task"?.* for (no key )?update/is },
  { title: "the reconciler's page", pattern: /from "?tasks"?\."?task"?.*order by "?due_at/is },
  { title: "the relay's page of the outbox", pattern: /from "?events"?\."?outbox"?.*order by/is },
  { title: 'the renewal of a budget', pattern: /from "?budgets"?\."?budget"?.*renewal_of"?\s*(=|in\b)/is },
];
