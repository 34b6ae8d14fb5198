import type { Channel, Options } from 'amqplib';
import type { EventsConfiguration } from '../events-configuration';

/*
 * What this service declares on the broker. All queues are durable quorum queues:
 *
 *   <exchange>                  topic, durable: every service's domain events
 *     └─ <queue>                bound with each handled event's name and aliases
 *          │  delivered 20 times without an answer (a message that kills the process)
 *          └─▶ <queue>.dead-letters      kept until somebody replays or removes them
 *   <queue>.retry.<ms>          a failed event waits here for <ms>, then goes back to <queue>
 *
 * A queue's arguments can never be changed (the broker answers 406), so they are constants, and what can be
 * configured is part of the name: other delays make other retry queues, and the old ones still empty themselves.
 * They mean the same on RabbitMQ 3.10 and 4.
 */

/** Far above what restarts and cuts cause, for each of them counts for every message that was being handled. */
const DELIVERY_LIMIT = 20;
/** RabbitMQ 4 drops after 20 deliveries where nothing is set, and a look at a queue in its web page is one. */
const NO_DELIVERY_LIMIT = 1_000_000_000;

/**
 * How long an event waits in its retry queue when the database was away for longer than it can be held, in ms.
 */
export const PARKING_DELAY_MS = 5_000;

/** The part of the configuration that names things on the broker. */
export type TopologyConfiguration = Pick<EventsConfiguration, 'exchange' | 'queue' | 'retryDelays'>;

/** Where events go that cannot be handled. */
export function deadLetterQueue(queue: string): string {
  return `${queue}.dead-letters`;
}

/** Where a failed event waits before it is tried again. */
export function retryQueue(queue: string, delayMs: number): string {
  return `${queue}.retry.${delayMs}`;
}

/** Declares the exchange, which other services declare in the same way. */
export async function assertExchange(channel: Channel, { exchange }: TopologyConfiguration): Promise<void> {
  await channel.assertExchange(exchange, 'topic', { durable: true });
}

/** Declares all queues of this service, and binds the first to the events of these names. */
export async function assertQueues(
  channel: Channel,
  { exchange, queue, retryDelays }: TopologyConfiguration,
  eventNames: readonly string[],
): Promise<void> {
  const delaysMs = new Set([...retryDelays.map((delay) => delay.total('milliseconds')), PARKING_DELAY_MS]);
  await channel.assertQueue(deadLetterQueue(queue), quorum({ 'x-delivery-limit': NO_DELIVERY_LIMIT }));
  for (const delayMs of delaysMs) {
    await channel.assertQueue(
      retryQueue(queue, delayMs),
      quorum({ ...deadLetteringTo(queue), 'x-message-ttl': delayMs, 'x-delivery-limit': NO_DELIVERY_LIMIT }),
    );
  }
  await channel.assertQueue(
    queue,
    quorum({ ...deadLetteringTo(deadLetterQueue(queue)), 'x-delivery-limit': DELIVERY_LIMIT }),
  );
  for (const name of eventNames) await channel.bindQueue(queue, exchange, name);
}

function quorum(args: Record<string, unknown>): Options.AssertQueue {
  return { durable: true, arguments: { 'x-queue-type': 'quorum', ...args } };
}

/**
 * Through the default exchange, straight to the queue. At least once: the broker keeps a message until the other
 * queue has confirmed it, which it only offers together with reject-publish.
 */
function deadLetteringTo(queue: string): Record<string, unknown> {
  return {
    'x-dead-letter-exchange': '',
    'x-dead-letter-routing-key': queue,
    'x-dead-letter-strategy': 'at-least-once',
    'x-overflow': 'reject-publish',
  };
}
