import { randomBytes } from 'node:crypto';
import { waitFor } from '@budget-buddy/testing';
import Bull, { type Job, type JobCounts, type Queue } from 'bull';
import { Redis } from 'ioredis';

export const QUEUE = 'budget_renewal_queue';
export const DELAYED_JOB = 'renew-budget-4fd1c2d4-1b7e-4a57-9f0b-0c1f2f9d3a10';
const REDIS_URL = process.env['BUDGETBUDDY_REDIS_URL'] ?? '';
const A_MONTH_MS = 30 * 24 * 3600 * 1000;
const A_MINUTE_MS = 60_000;

/** Every key of a queue, by its name, as Redis dumps it: two that are equal hold the same jobs in the same state. */
export type Contents = ReadonlyMap<string, string>;

/** A Bull queue under a prefix of its own that holds jobs in every state, old enough for bull-board's "clean". */
export class FilledQueue {
  readonly prefix = `test-${randomBytes(6).toString('hex')}`;
  private readonly redis = new Redis(REDIS_URL);
  private readonly queue: Queue = new Bull(QUEUE, REDIS_URL, { prefix: this.prefix });

  static async create(): Promise<FilledQueue> {
    const filled = new FilledQueue();
    await filled.fill();
    return filled;
  }

  /** A second delayed job, due so many milliseconds from now. */
  async delay(jobId: string, delayMs: number): Promise<void> {
    await this.queue.add('budget_renewal_task', {}, { jobId, delay: delayMs });
  }

  async stateOf(jobId: string): Promise<string | undefined> {
    const job = await this.queue.getJob(jobId);
    return job?.getState();
  }

  async contents(): Promise<Contents> {
    const names = (await this.redis.keys(`${this.prefix}:*`)).sort();
    const dumps = await Promise.all(names.map((name) => this.redis.dumpBuffer(name)));
    return new Map(names.map((name, index) => [name, dumps[index]?.toString('base64') ?? '']));
  }

  /** @returns what {@link contents} gives from now on: hashes hold their fields in another order afterwards. */
  async restore(contents: Contents): Promise<Contents> {
    const names = await this.redis.keys(`${this.prefix}:*`);
    if (names.length > 0) await this.redis.del(names);
    for (const [name, dump] of contents) await this.redis.restore(name, 0, Buffer.from(dump, 'base64'));
    return this.contents();
  }

  async remove(): Promise<void> {
    await this.restore(new Map());
    await this.queue.close();
    this.redis.disconnect();
  }

  private async fill(): Promise<void> {
    const timestamp = Date.now() - A_MINUTE_MS;
    const add = (jobId: string, data: object = {}, delay = 0) => {
      const options = { jobId, timestamp, delay };
      return this.queue.add('budget_renewal_task', data, options);
    };
    await add('completed-job');
    await add('failed-job', { fails: true });
    await this.work();
    await add('waiting-job');
    await add(DELAYED_JOB, { budget_id: '4fd1c2d4-1b7e-4a57-9f0b-0c1f2f9d3a10' }, A_MONTH_MS + A_MINUTE_MS);
  }

  /** Another process's worker, until it has run both jobs. */
  private async work(): Promise<void> {
    const worker = new Bull(QUEUE, REDIS_URL, { prefix: this.prefix });
    void worker.process('*', ({ data }: Job<{ fails?: boolean }>) => {
      if (data.fails) throw new Error('the budget is unknown');
      return { status: 'success' };
    });
    const description = 'one completed and one failed job';
    await waitFor(async () => isEach(await this.queue.getJobCounts()), { description });
    await worker.close();
    await this.redis.del(`${this.prefix}:${QUEUE}:stalled-check`); // would expire while a test looks
  }
}

function isEach({ completed, failed }: JobCounts): boolean {
  return completed === 1 && failed === 1;
}
