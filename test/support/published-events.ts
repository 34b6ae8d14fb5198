import type { Message } from 'amqplib';
import type { Wire } from './budget-events';

/** An event as a consumer receives it. */
export interface PublishedEvent {
  readonly messageId: string;
  readonly body: Wire;
}

/** Reads what a `TestBroker` collected. */
export function published(messages: readonly Message[]): PublishedEvent[] {
  return messages.map(({ content, properties }) => ({
    messageId: properties.messageId as string,
    body: JSON.parse(content.toString()) as Wire,
  }));
}

/** Those that tell of a successor of this budget. */
export function renewalsOf(budgetId: string, messages: readonly Message[]): PublishedEvent[] {
  return published(messages).filter(({ body }) => body['old_budget_id'] === budgetId);
}
