import { Injectable } from '@nestjs/common';
import { Readiness } from '@budget-buddy/platform';
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

  /** Asks INFO, not CONFIG, which hosted servers do not answer. */
  private async check(): Promise<void> {
    const info = await this.queues.all[0]!.client.info('memory');
    const policy = /maxmemory_policy:(\S+)/.exec(info)?.[1];
    if (policy !== 'noeviction') {
      throw new Error(
        `maxmemory-policy of Redis is ${policy ?? 'unknown'}, expected noeviction: timers would be evicted`,
      );
    }
  }
}
