import { budgetCreated, datesFarAway } from './budget-created';
import type { Place } from './place';

/** Publishes events in a row. Resolves when the broker has all of them. @throws Error when one came into no queue. */
export async function publishEvents({ broker }: Place, first: number, count: number): Promise<void> {
  const dates = datesFarAway();
  const published = Array.from({ length: count }, (_, index) =>
    broker.client.publish('BudgetCreated', budgetCreated(first + index, dates)),
  );
  const unrouted = (await Promise.all(published)).filter(({ routed }) => !routed).length;
  if (unrouted > 0) throw new Error(`${unrouted} of ${count} events came into no queue`);
}
