import { Injectable } from '@nestjs/common';
import { Readiness } from '@budget-buddy/platform';
import type { Queue } from 'bull';
import { serverInfo } from './server-info';
import { TaskQueues } from './task-queues';

/** The first with ZMSCORE, by which the reconciler compares timers. */
const OLDEST = { major: 6, minor: 2 };

/** Refuses readiness on a Redis that lacks commands which are needed later, when it is too late to find out. */
@Injectable()
export class RedisVersion {
  constructor(
    private readonly queues: TaskQueues,
    readiness: Readiness,
  ) {
    readiness.register('redis-version', () => this.check());
  }

  private async check(): Promise<void> {
    await Promise.all(this.queues.all.map(checkServerOf));
  }
}

/** What is like Redis says which Redis it is like; what says nothing is taken as it is. */
async function checkServerOf(queue: Queue): Promise<void> {
  const [, version, major, minor] = /redis_version:((\d+)\.(\d+)\S*)/.exec(await serverInfo(queue, 'server')) ?? [];
  if (version === undefined || isRecent(Number(major), Number(minor))) return;
  throw new Error(
    `Redis is ${version}, expected ${OLDEST.major}.${OLDEST.minor} or later: lost timers of ${queue.name} would not be found`,
  );
}

function isRecent(major: number, minor: number): boolean {
  return major > OLDEST.major || (major === OLDEST.major && minor >= OLDEST.minor);
}
