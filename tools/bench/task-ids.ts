/** The ids that a task has as its arguments: UUIDs, as in production. The number of the task can be read from them. */
export function budgetIdOf(number: number): string {
  return `b0000000-0000-4000-8000-${number.toString(16).padStart(12, '0')}`;
}

/** The inverse of {@link budgetIdOf}. */
export function numberOf(budgetId: string): number {
  return Number.parseInt(budgetId.slice(-12), 16);
}

/** Whose budgets all of them are. */
export const USER_ID = 'a0000000-0000-4000-8000-000000000001';
