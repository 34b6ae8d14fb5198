/** How many tasks of a queue run at a time while another queue has tasks, too; chosen by measurement (ADR 0082). */
const SHARE = 30;
/** For so long after a task of it came, a queue is taken to have more. */
const COMPANY_MS = 1_000;

/**
 * Has the queues of a process share it: one that is alone runs whatever Bull hands over. Beside another one it runs few
 * at a time, for what is done at once, on one thread, is what the other one's next task waits for.
 */
export class QueueShares {
  private readonly queues = new Map<string, QueueShare>();
  private timer?: NodeJS.Timeout;
  private ended = false;

  /** A task of the queue came, with which this has nothing else to do. */
  came(queue: string): void {
    this.of(queue).cameAt = performance.now();
  }

  /** Does a task's work as soon as its queue may; in the order of the calls. */
  async run<Result>(queue: string, work: () => Promise<Result>): Promise<Result> {
    this.came(queue);
    const share = this.of(queue);
    if (share.waiting.length === 0 && share.running < this.most(share)) share.running++;
    else await this.wait(share);
    try {
      return await work();
    } finally {
      share.running--;
      this.letIn(share);
    }
  }

  /** How many tasks of a queue have been let in, and are not done. */
  running(queue: string): number {
    return this.of(queue).running;
  }

  /** No queue gives way from now on: the process ends, and has to finish what it has. */
  end(): void {
    this.ended = true;
    this.letAllIn();
  }

  private wait(share: QueueShare): Promise<void> {
    this.lookAgain();
    return new Promise((resolve) => share.waiting.push(resolve));
  }

  /** Those that wait may be alone by then, and none of them need end meanwhile. */
  private lookAgain(): void {
    this.timer ??= setTimeout(() => {
      this.timer = undefined;
      this.letAllIn();
      if ([...this.queues.values()].some(({ waiting }) => waiting.length > 0)) this.lookAgain();
    }, COMPANY_MS).unref();
  }

  private letAllIn(): void {
    for (const share of this.queues.values()) this.letIn(share);
  }

  private letIn(share: QueueShare): void {
    const most = this.most(share);
    while (share.waiting.length > 0 && share.running < most) {
      share.running++;
      share.waiting.shift()!();
    }
  }

  private most(share: QueueShare): number {
    if (this.ended) return Number.POSITIVE_INFINITY;
    const since = performance.now() - COMPANY_MS;
    for (const other of this.queues.values()) {
      if (other !== share && (other.waiting.length > 0 || other.cameAt > since)) return SHARE;
    }
    return Number.POSITIVE_INFINITY;
  }

  private of(queue: string): QueueShare {
    let share = this.queues.get(queue);
    if (!share) this.queues.set(queue, (share = { running: 0, waiting: [], cameAt: Number.NEGATIVE_INFINITY }));
    return share;
  }
}

interface QueueShare {
  running: number;
  /** Each lets one in, whose place is counted already. */
  readonly waiting: (() => void)[];
  /** When a task of it came last, as `performance.now()`. */
  cameAt: number;
}
