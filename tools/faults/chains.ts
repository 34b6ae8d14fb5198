import type { BudgetRow, Evidence, TaskRow } from './evidence';
import type { ExpectedBudget } from './model';
import type { RecordedMessage } from './queue-recorder';

/** An expected budget beside what there is of it. */
export interface Link {
  readonly expected: ExpectedBudget;
  /** Undefined when the budget it renews has no successor. */
  readonly id?: string;
  readonly row?: BudgetRow;
  readonly task?: TaskRow;
  /** The budgets that say they renew this one. */
  readonly successors: readonly BudgetRow[];
  /** The `BudgetRenewed` that tell of its renewal. */
  readonly events: readonly RecordedMessage[];
  readonly predecessor?: Link;
}

/** The key of the one renewal of a budget (docs/adr/0011-one-renewal-a-budget.md). */
export function renewalKey(budgetId: string): string {
  return `renew-budget-${budgetId}`;
}

/** The body of an event that was heard. */
export function bodyOf({ content }: RecordedMessage): Record<string, unknown> {
  return JSON.parse(content.toString()) as Record<string, unknown>;
}

/** Finds, for every expected budget, what the evidence has of it. */
export class Chains {
  private readonly rows: ReadonlyMap<string, BudgetRow>;
  private readonly tasks: ReadonlyMap<string, TaskRow>;
  private readonly successors: ReadonlyMap<string, BudgetRow[]>;
  private readonly events: ReadonlyMap<string, RecordedMessage[]>;

  constructor(evidence: Evidence) {
    this.rows = new Map(evidence.budgets.map((row) => [row.id, row]));
    this.tasks = new Map(evidence.tasks.map((task) => [task.key, task]));
    this.successors = groupedBy(evidence.budgets, ({ renewal_of }) => renewal_of ?? undefined);
    const renewed = evidence.events.filter(({ event }) => event === 'BudgetRenewed');
    this.events = groupedBy(renewed, (message) => String(bodyOf(message)['old_budget_id']));
  }

  /** One story's chain, in order. */
  follow(expected: readonly ExpectedBudget[]): Link[] {
    const links: Link[] = [];
    for (const each of expected) {
      const predecessor = links.at(-1);
      links.push(this.link(each, predecessor));
    }
    return links;
  }

  /** The budget and all that follow from it, whatever was expected. */
  familyOf(budgetId: string): string[] {
    const family = [budgetId];
    for (const id of family) family.push(...(this.successors.get(id) ?? []).map((row) => row.id));
    return family;
  }

  private link(expected: ExpectedBudget, predecessor?: Link): Link {
    const id = predecessor ? predecessor.successors[0]?.id : expected.story.budgetId;
    if (id === undefined) return { expected, successors: [], events: [], predecessor };
    return {
      expected,
      id,
      row: this.rows.get(id),
      task: this.tasks.get(renewalKey(id)),
      successors: this.successors.get(id) ?? [],
      events: this.events.get(id) ?? [],
      predecessor,
    };
  }
}

function groupedBy<Item>(items: readonly Item[], keyOf: (item: Item) => string | undefined): Map<string, Item[]> {
  const groups = new Map<string, Item[]>();
  for (const item of items) {
    const key = keyOf(item);
    if (key === undefined) continue;
    const group = groups.get(key);
    if (group) group.push(item);
    else groups.set(key, [item]);
  }
  return groups;
}
