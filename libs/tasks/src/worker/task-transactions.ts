import { Database, GROUPS_A_LANE, PostgresConfiguration, spareGroupsOf, type Tx } from '@budget-buddy/platform';
import { Injectable } from '@nestjs/common';
import { Semaphore } from 'async-mutex';
import { TaskRegistry } from '../task/task-registry';
import { TaskQueues } from '../timers/task-queues';
import { givenBack, WORKER_ENDS } from './own-jobs';
import { QueueShares } from './queue-shares';
import { TaskHandlers } from './task-handlers';

/** Reconciler, outbox relay, readiness. */
const OTHER_CONNECTIONS = 4;
/** Of each queue: a busy one has what is due share as much as it can, and that is all due at the same time. */
const MOST_CLAIMED_AHEAD = 20;

/** What is known of a timer that fired before the ledger is asked. */
export interface Fired {
  /** The task's name, as the timer's job has it. */
  readonly name: string;
  readonly queue: string;
}

/**
 * The transactions in which tasks run: one for many where their handlers allow that; otherwise one for each, as
 * many at a time as there are connections. A task that would have to wait for one would look as if PostgreSQL were away.
 */
@Injectable()
export class TaskTransactions {
  /** How many connections all queues can be served with. */
  readonly connectionsNeeded: number;
  private readonly places: Semaphore;
  private ended = false;
  /** Of each queue: how many of its tasks have a place or wait for one. */
  private readonly inLine = new Map<string, number>();
  private readonly shares = new QueueShares();

  constructor(
    private readonly database: Database,
    private readonly registry: TaskRegistry,
    private readonly handlers: TaskHandlers,
    queues: TaskQueues,
    { poolSize }: PostgresConfiguration,
  ) {
    const lanes = queues.worked.length;
    const others = OTHER_CONNECTIONS + GROUPS_A_LANE * lanes;
    this.connectionsNeeded = others + 1;
    this.places = new Semaphore(
      Math.max(1, poolSize - others - spareGroupsOf(poolSize, lanes)),
      givenBack(WORKER_ENDS),
    );
  }

  /** Whether a task may have its transaction a moment before it is due. */
  mayBeginAhead({ name, queue }: Fired): boolean {
    return this.isShared(name) && this.shares.running(queue) < MOST_CLAIMED_AHEAD && this.database.hasRoom(queue);
  }

  /** @throws TimerAgain where the process ends before the work has begun. */
  run<Result>({ name, queue }: Fired, work: (tx: Tx) => Promise<Result>): Promise<Result> {
    if (this.isShared(name)) return this.shares.run(queue, () => this.database.sharedTransaction(work, queue));
    this.shares.came(queue);
    return this.runInPlace(queue, () => this.database.transaction(work));
  }

  /**
   * The process ends: what it has need not give way to other queues any more. Those that wait for a transaction of their own
   * are for others: hundreds may, of which a few are done at a time, and the process has seconds.
   */
  finish(): void {
    this.ended = true;
    this.shares.end();
    this.places.cancel();
  }

  private isShared(name: string): boolean {
    return this.registry.has(name) && this.handlers.of(name).sharesTransaction;
  }

  /** The queue with fewer in line goes first: no task waits for all that another queue has. */
  private async runInPlace<Result>(queue: string, work: () => Promise<Result>): Promise<Result> {
    if (this.ended) throw givenBack(WORKER_ENDS);
    const inLine = (this.inLine.get(queue) ?? 0) + 1;
    this.inLine.set(queue, inLine);
    try {
      return await this.places.runExclusive(work, 1, -inLine);
    } finally {
      this.inLine.set(queue, this.inLine.get(queue)! - 1);
    }
  }
}
