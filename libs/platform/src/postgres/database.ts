import { Injectable, Logger } from '@nestjs/common';
import { Kysely, type Transaction } from 'kysely';
import { Annotation } from '../annotation';
import { errorLine } from '../error-line';
import { runTransaction } from './run-transaction';
import { SharedTransactions } from './shared-transactions';
import type { TransactionEnds } from './shared-work';
import { SpareGroups } from './spare-groups';
import type { Tables } from './tables';

/** A transaction in which several libs can take part. */
export type Tx = Transaction<Tables>;

type Hook = () => Promise<void>;

/**
 * That of events, which has no more than two transactions: what is done out of order is acknowledged one by one, which
 * costs RabbitMQ an entry of its log each (ADR 0086).
 */
const COMMON_LANE = 'common';
/**
 * What shares a transaction at the most; half of it, or less, of what a process has at a time, so that Node and PostgreSQL work side
 * by side. Chosen by measurement (docs/profiles.md).
 */
const MOST_MEMBERS = 200;

/** PostgreSQL: one pool a process, and transactions that know what to do once they are durable. */
@Injectable()
export class Database {
  private readonly logger = new Logger(Database.name);
  private readonly hooks = new Annotation<Tx, Hook[]>();
  private readonly lanes = new Map<string, SharedTransactions>();
  private readonly spares: SpareGroups;

  /** @param poolSize how many connections there are: without it, no lane uses more than two. */
  constructor(
    readonly db: Kysely<Tables>,
    poolSize = 0,
  ) {
    this.spares = new SpareGroups(poolSize);
  }

  /**
   * Runs `work` in one transaction (READ COMMITTED) and, once it is committed, what it asked for with
   * {@link afterCommit}. Resolves after both.
   * @throws DatabaseUnavailableError when PostgreSQL cannot be reached; RolledBackError when `work` thought nothing
   * of a statement that failed; otherwise whatever `work` throws.
   */
  async transaction<Result>(work: (tx: Tx) => Promise<Result>): Promise<Result> {
    let own: Tx | undefined;
    const result = await runTransaction(this.db, (tx) => {
      own = tx;
      this.hooks.add(tx, []);
      return work(tx);
    });
    await this.runHooks(own!);
    return result;
  }

  /**
   * Like {@link transaction}, but whatever else comes this way at the same time may be in the same transaction, and
   * statements made with `sharedWrite` and `sharedRead` are sent once for all. Made for many short pieces of work of
   * one kind. If something goes wrong that is not this work's own error before it has written anything, the others are done
   * anew, each in a transaction of its own; so `work` may be called again, and may do nothing lasting but by `tx`.
   *
   * Members see what others of the transaction have written. What two of them must not do at the same time they have to
   * hold first, with `holdAmongMembers`; and none may wait for anything but PostgreSQL, for all wait with it.
   * @param lane work of other lanes is never in one transaction with this, and never waits for it.
   * @throws DatabaseUnavailableError when PostgreSQL cannot be reached; RolledBackError when `work` thought nothing
   * of a statement that failed; otherwise whatever `work` throws.
   */
  sharedTransaction<Result>(work: (tx: Tx) => Promise<Result>, lane = COMMON_LANE): Promise<Result> {
    return this.lane(lane).run(work);
  }

  /** Whether work that waits a moment in a transaction of this lane keeps nobody else waiting. */
  hasRoom(lane: string): boolean {
    return this.lane(lane).hasRoom;
  }

  /**
   * Has `hook` run when `tx` is committed, and never when it is rolled back. What the hook cannot do must be
   * found and mended by somebody else (a relay, a reconciler): the commit stands whatever the hook does, and one that
   * throws is logged and holds up none of the others.
   */
  afterCommit(tx: Tx, hook: Hook): void {
    const hooks = this.hooks.of(tx);
    if (!hooks) throw new Error('afterCommit: this transaction was not started by Database.transaction');
    hooks.push(hook);
  }

  private lane(name: string): SharedTransactions {
    const known = this.lanes.get(name);
    if (known) return known;
    this.spares.addLane();
    const ends: TransactionEnds = {
      alone: (work) => this.transaction(work),
      begun: (tx) => this.hooks.add(tx, []),
      committed: (tx) => this.runHooks(tx),
    };
    const spares = name === COMMON_LANE ? new SpareGroups(0) : this.spares;
    const lane = new SharedTransactions(this.db, ends, spares, MOST_MEMBERS);
    this.lanes.set(name, lane);
    return lane;
  }

  private async runHooks(tx: Tx): Promise<void> {
    for (const hook of this.hooks.of(tx) ?? []) await this.runHook(hook);
  }

  private async runHook(hook: Hook): Promise<void> {
    try {
      await hook();
    } catch (error) {
      this.logger.error(`What was to follow a commit has failed: ${errorLine(error)}`);
    }
  }
}
