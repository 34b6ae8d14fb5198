import { errorLine } from '@budget-buddy/platform';
import type { Queue } from 'bull';

/** Bull names the job a trouble is about: a wiped Redis has the same trouble with every one of them. */
const JOB = /\bjob \S+/;

/** The troubles a queue has with Redis, each of which is news once: until Redis is connected anew. */
export class QueueTroubles {
  private readonly known = new Set<string>();

  constructor(queue: Pick<Queue, 'client'>) {
    // A cluster's client stays ready while its nodes come and go.
    for (const event of ['ready', '+node']) queue.client.on(event, () => this.known.clear());
  }

  /** Bull reports the same trouble many times a second while Redis is away. */
  isNews(error: Error): boolean {
    const trouble = errorLine(error).replace(JOB, 'job …');
    if (this.known.has(trouble)) return false;
    this.known.add(trouble);
    return true;
  }
}
