import { waitFor } from '@budget-buddy/testing';
import type { GetMessage } from 'amqplib';
import { type DeadLetter, readDeadLetter } from '@budget-buddy/events';
import type { WholeSystem } from '../support/whole-system';

/** Waits until as many messages are dead letters, takes them out, and gives them by their message ids. */
export async function takeDeadLetters(system: WholeSystem, count: number): Promise<Map<string, DeadLetter>> {
  const taken: GetMessage[] = [];
  const arrived = async () => taken.push(...(await system.broker.takeDeadLetters())) >= count;
  await waitFor(arrived, { timeoutMs: 60_000, description: `${count} dead letters` });
  return new Map(taken.map((letter) => [String(letter.properties.messageId), readDeadLetter(letter)]));
}
