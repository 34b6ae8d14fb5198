import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { Queue } from 'bull';
import { TaskQueues } from '../timers/task-queues';

/**
 * Tells whether Redis has lost what it held. FLUSHALL raises no error in any client, and a fail-over may drop the last
 * writes: so a mark of our own must still be there, and it must be the same server process as before.
 */
@Injectable()
export class MemoryLoss {
  private known: string | undefined;
  private readonly queue: Queue;

  constructor(queues: TaskQueues) {
    // All queues are in one Redis; any of them will do.
    this.queue = queues.all[0]!;
  }

  /** @returns whether something may have been lost since the last call; true the first time. */
  async detect(): Promise<boolean> {
    const identity = `${await this.mark()} ${await this.serverId()}`;
    const lost = identity !== this.known;
    this.known = identity;
    return lost;
  }

  /** Made once, and the same for all who ask, for as long as Redis remembers. */
  private async mark(): Promise<string> {
    const key = this.queue.toKey('memory');
    await this.queue.client.setnx(key, randomUUID());
    return (await this.queue.client.get(key)) ?? 'lost at once';
  }

  private async serverId(): Promise<string> {
    const info = await this.queue.client.info('server');
    return /run_id:(\w+)/.exec(info)?.[1] ?? 'unknown';
  }
}
