import { Injectable } from '@nestjs/common';
import { Readiness } from '@budget-buddy/platform';
import type { Queue } from 'bull';
import { serverInfo } from './server-info';
import { TaskQueues } from './task-queues';

/** Refuses readiness on a Redis that may throw timers away when its memory is full. */
@Injectable()
export class EvictionPolicy {
  constructor(
    private readonly queues: TaskQueues,
    readiness: Readiness,
  ) {
    readiness.register('redis-eviction', () => this.check());
  }

  private async check(): Promise<void> {
    await Promise.all(this.queues.all.map((queue) => this.checkServerOf(queue)));
  }

  /** Asks INFO, not CONFIG, which hosted servers do not answer. */
  private async checkServerOf(queue: Queue): Promise<void> {
    const info = await serverInfo(queue, 'memory');
    const policy = /maxmemory_policy:(\S+)/.exec(info)?.[1];
    if (policy !== 'noeviction') {
      throw new Error(
        `maxmemory-policy of Redis is ${policy ?? 'unknown'}, expected noeviction: timers of ${queue.name} would be evicted`,
      );
    }
  }
}
