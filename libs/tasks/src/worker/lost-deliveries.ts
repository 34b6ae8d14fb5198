import type { Job, Queue } from 'bull';
import { giveBack, ownJobs } from './own-jobs';

/**
 * Jobs that Redis has given to this process, and whose way here was cut off: nobody would run them until their lock has
 * run out, which is BUDGETBUDDY_TASK_STALLED_AFTER.
 */
export class LostDeliveries {
  private readonly running = new Set<Job>();
  private suspects: ReadonlySet<unknown> = new Set();

  constructor(private readonly queue: Queue) {
    queue.on('active', (job, work) => this.follow(job, work as unknown as Promise<unknown>));
  }

  /**
   * Gives back the jobs that this process holds and does not run, if they were so the last time as well: one that has
   * just been fetched, or is just being settled, is on its way.
   * @returns whether to look again.
   */
  async look(): Promise<boolean> {
    const idle = await this.idle();
    const lost = idle.filter(({ id }) => this.suspects.has(id));
    this.suspects = new Set(idle.map(({ id }) => id));
    for (const job of lost) await giveBack(job, 'it was given to a worker that never heard of it');
    return lost.length < idle.length;
  }

  private async idle(): Promise<Job[]> {
    const own = await ownJobs(this.queue);
    const running = new Set([...this.running].map(({ id }) => id));
    return own.filter(({ id }) => !running.has(id));
  }

  private follow(job: Job, work: Promise<unknown>): void {
    this.running.add(job);
    const forget = () => this.running.delete(job);
    work.then(forget, forget);
  }
}
