import { errorLine, Shutdown } from '@budget-buddy/platform';
import { Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import type { Queue } from 'bull';
import { TaskQueues } from '../timers/task-queues';
import { LostDeliveries } from './lost-deliveries';

/** Between two looks for what was lost on the way, and before the first, in ms: an answer takes less. */
const LOOK_INTERVAL_MS = 1_000;

/** What is not in Bull's types. */
interface Clockwork {
  readonly delayTimer?: NodeJS.Timeout;
  /** Moves what is due to the jobs that wait, and looks again when the next one is. */
  updateDelayTimer(): Promise<void>;
}

/**
 * Has the queues go on as soon as Redis is well again. Bull by itself has what fell due meanwhile wait for its next look
 * (5 s after the last one failed), and what got lost between Redis and this process for its lock to run out.
 */
@Injectable()
export class QueueRevival implements OnApplicationBootstrap {
  private readonly logger = new Logger(QueueRevival.name);
  private readonly timers = new Map<Queue, NodeJS.Timeout>();

  constructor(
    private readonly queues: TaskQueues,
    private readonly shutdown: Shutdown,
  ) {
    shutdown.on('stop-intake', 'revival of queues', async () => this.timers.forEach((timer) => clearTimeout(timer)));
  }

  onApplicationBootstrap(): void {
    for (const queue of this.queues.all) this.watch(queue);
  }

  private watch(queue: Queue): void {
    const lost = new LostDeliveries(queue);
    // A cluster's client stays ready while its nodes come and go; trouble may also end without a new connection.
    for (const event of ['ready', '+node']) queue.client.on(event, () => this.revive(queue, lost));
    queue.on('error', () => this.lookSoon(queue, lost));
  }

  private revive(queue: Queue, lost: LostDeliveries): void {
    goOn(queue);
    this.lookSoon(queue, lost);
  }

  private lookSoon(queue: Queue, lost: LostDeliveries): void {
    if (this.timers.has(queue) || this.shutdown.hasBegun) return;
    const timer = setTimeout(() => void this.look(queue, lost), LOOK_INTERVAL_MS);
    this.timers.set(queue, timer);
  }

  private async look(queue: Queue, lost: LostDeliveries): Promise<void> {
    let again = false;
    try {
      // Once it is, there will be a look.
      if (queue.client.status === 'ready') {
        again = await lost.look();
        goOn(queue);
      }
    } catch (error) {
      this.logger.debug(errorLine(error));
      again = true;
    }
    this.timers.delete(queue);
    if (again) this.lookSoon(queue, lost);
  }
}

/** A queue whose clock does not run yet is not worked on. */
function goOn(queue: Queue): void {
  const clockwork = queue as Queue & Clockwork;
  // What goes wrong is told of by the queue itself.
  if (clockwork.delayTimer) void clockwork.updateDelayTimer();
}
