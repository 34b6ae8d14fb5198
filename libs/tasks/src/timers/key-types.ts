import { Injectable } from '@nestjs/common';
import { Readiness } from '@budget-buddy/platform';
import type { Queue } from 'bull';
import { TaskQueues } from './task-queues';

/** What Bull keeps of a queue, and what this system does beside it. `none` is fine: Redis forgets what is empty. */
const TYPES: Readonly<Record<string, string>> = {
  wait: 'list',
  paused: 'list',
  active: 'list',
  delayed: 'zset',
  completed: 'zset',
  failed: 'zset',
  priority: 'zset',
  stalled: 'set',
  id: 'string',
  memory: 'string',
};

/** Refuses readiness where somebody has put something else under a queue's keys: no timer of it fires then. */
@Injectable()
export class KeyTypes {
  constructor(
    private readonly queues: TaskQueues,
    readiness: Readiness,
  ) {
    readiness.register('redis-keys', () => this.check());
  }

  private async check(): Promise<void> {
    await Promise.all(this.queues.all.map((queue) => checkKeysOf(queue)));
  }
}

async function checkKeysOf(queue: Queue): Promise<void> {
  await Promise.all(
    Object.entries(TYPES).map(async ([name, expected]) => {
      const key = queue.toKey(name);
      const found = await queue.client.type(key);
      if (found === expected || found === 'none') return;
      throw new Error(
        `the key ${key} of Redis is a ${found}, expected a ${expected}: no timer of ${queue.name} can be relied on. ` +
          'Delete it; the timers are set again from the ledger',
      );
    }),
  );
}
