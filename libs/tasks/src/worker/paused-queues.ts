import { errorLine, Readiness } from '@budget-buddy/platform';
import { Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import type { Queue } from 'bull';
import { BullConnections } from '../timers/bull-connections';
import { TaskQueues } from '../timers/task-queues';

/**
 * Tells of queues that somebody has paused in Redis (Bull's `pause()`, a dashboard): no worker takes anything from them,
 * and nothing fails, so that nobody would notice. The worker is not ready while one is.
 */
@Injectable()
export class PausedQueues implements OnApplicationBootstrap {
  private readonly logger = new Logger(PausedQueues.name);
  private readonly paused = new Set<Queue>();

  constructor(
    private readonly queues: TaskQueues,
    private readonly connections: BullConnections,
    private readonly readiness: Readiness,
  ) {}

  onApplicationBootstrap(): void {
    this.readiness.register('task-queues', () => this.check());
    this.listen();
  }

  /**
   * To what Bull tells `queue.on('global:paused')` of. That itself drops the promise of its subscription, and so fails a
   * process that ends, or loses Redis for good, before Redis has answered. What was paused before Redis listened, or while
   * the connection was down, nobody tells of: each time it is there all queues are looked at.
   */
  private listen(): void {
    const queueOf = new Map(
      this.queues.all.flatMap((queue) => channelsOf(queue).map((channel) => [channel, queue] as const)),
    );
    const events = this.connections.open('subscriber');
    events.on('message', (channel: string) => {
      const queue = queueOf.get(channel);
      if (queue) this.look(queue);
    });
    const subscribe = () => {
      events.subscribe(...queueOf.keys()).then(
        () => this.queues.all.forEach((queue) => this.look(queue)),
        (error: unknown) => this.logger.debug(errorLine(error)),
      );
    };
    if (events.status === 'ready') subscribe();
    events.on('ready', subscribe);
  }

  private look(queue: Queue): void {
    this.lookAt(queue).catch((error: unknown) => this.logger.debug(errorLine(error)));
  }

  private async check(): Promise<void> {
    await Promise.all(this.queues.all.map((queue) => this.lookAt(queue)));
    if (this.paused.size > 0) throw new Error([...this.paused].map(explain).join('; '));
  }

  /** One line in the log when a queue was paused, one when it goes on. */
  private async lookAt(queue: Queue): Promise<void> {
    const isPaused = await queue.isPaused();
    if (isPaused === this.paused.has(queue)) return;
    if (isPaused) {
      this.paused.add(queue);
      this.logger.warn(explain(queue));
    } else {
      this.paused.delete(queue);
      this.logger.log(`queue ${queue.name} goes on`);
    }
  }
}

function channelsOf(queue: Queue): string[] {
  return ['paused', 'resumed'].map((event) => queue.toKey(event));
}

function explain({ name }: Queue): string {
  return `queue ${name} is paused in Redis, its tasks wait; to go on: npm run tasks -- resume ${name}`;
}
