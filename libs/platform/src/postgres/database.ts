import { Injectable, Logger } from '@nestjs/common';
import { Kysely, type Transaction } from 'kysely';
import { errorLine } from '../error-line';
import type { Tables } from './tables';

/** A transaction in which several libs can take part. */
export type Tx = Transaction<Tables>;

type Hook = () => Promise<void>;

/** PostgreSQL: one pool a process, and transactions that know what to do once they are durable. */
@Injectable()
export class Database {
  private readonly logger = new Logger(Database.name);
  private readonly hooks = new WeakMap<Tx, Hook[]>();

  constructor(readonly db: Kysely<Tables>) {}

  /**
   * Runs `work` in one transaction (READ COMMITTED) and, once it is committed, what it asked for with
   * {@link afterCommit}. Resolves after both.
   * @throws DatabaseUnavailableError when PostgreSQL cannot be reached; otherwise whatever `work` throws.
   */
  async transaction<Result>(work: (tx: Tx) => Promise<Result>): Promise<Result> {
    const hooks: Hook[] = [];
    const result = await this.db.transaction().execute((tx) => {
      this.hooks.set(tx, hooks);
      return work(tx);
    });
    for (const hook of hooks) await this.runHook(hook);
    return result;
  }

  /**
   * Has `hook` run when `tx` is committed, and never when it is rolled back. What the hook cannot do must be
   * found and mended by somebody else (a relay, a reconciler): the commit stands whatever the hook does, and one that
   * throws is logged and holds up none of the others.
   */
  afterCommit(tx: Tx, hook: Hook): void {
    const hooks = this.hooks.get(tx);
    if (!hooks) throw new Error('afterCommit: this transaction was not started by Database.transaction');
    hooks.push(hook);
  }

  private async runHook(hook: Hook): Promise<void> {
    try {
      await hook();
    } catch (error) {
      this.logger.error(`What was to follow a commit has failed: ${errorLine(error)}`);
    }
  }
}
