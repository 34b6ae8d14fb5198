import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { Queue } from 'bull';
import { serverInfo } from '../timers/server-info';
import { TaskQueues } from '../timers/task-queues';

/** What tells the memory of Redis from one before or after a loss, by the queue's name. */
export type Memories = Readonly<Record<string, string>>;

/**
 * Tells whether Redis has lost what it held. FLUSHALL raises no error in any client, and a fail-over may drop the last
 * writes: so a mark of our own must still be there, and it must be the same server process as before. Each queue is asked
 * for by itself: in a cluster another master may hold it.
 */
@Injectable()
export class MemoryLoss {
  constructor(private readonly queues: TaskQueues) {}

  /** The memories as they are now: the same for all processes that ask, until something may have been lost. */
  async memories(): Promise<Memories> {
    const identities = await Promise.all(this.queues.all.map(identityOf));
    return Object.fromEntries(this.queues.all.map(({ name }, index) => [name, identities[index]!]));
  }
}

/** Whether one of these memories is another than the one that is known. */
export function isMemoryLost(known: Memories, memories: Memories): boolean {
  return Object.entries(memories).some(([queue, identity]) => known[queue] !== identity);
}

async function identityOf(queue: Queue): Promise<string> {
  const server = /run_id:(\w+)/.exec(await serverInfo(queue, 'server'))?.[1] ?? 'unknown';
  return `${await markOf(queue)} ${server}`;
}

/** Made once, and the same for all who ask, for as long as Redis remembers. */
async function markOf(queue: Queue): Promise<string> {
  const key = queue.toKey('memory');
  await queue.client.setnx(key, randomUUID());
  return (await queue.client.get(key)) ?? 'lost at once';
}
