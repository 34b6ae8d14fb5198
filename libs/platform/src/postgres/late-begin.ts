import type { QueryResult } from 'pg';

/** What Kysely reads of an answer. */
export type Answer = Pick<QueryResult, 'command' | 'rowCount' | 'rows'>;

/** Sends a statement now, after those that were sent before, and resolves when it is answered. */
export type Send = (sql: string, values: unknown[]) => Promise<Answer>;

/** As Kysely sends it. */
const BEGIN = 'begin';
const ROLLBACK = 'rollback';
const ENDS = /^(commit|rollback)$/;
/** What is called by a `select` writes nothing here, and takes no lock that outlives a transaction. */
const READS = /^\s*select\b/i;
const nothing = (): Answer => ({ command: '', rowCount: null, rows: [] });

/** A statement came when its transaction was being ended: it would be committed by itself. */
export class TransactionEndingError extends Error {
  override readonly name = 'TransactionEndingError';

  constructor(readonly statement: string) {
    super(`the transaction is being ended, and this was not sent: ${statement}`);
  }
}

/** PostgreSQL has rolled back what was to be committed: a statement had failed, and somebody thought nothing of it. */
export class RolledBackError extends Error {
  override readonly name = 'RolledBackError';

  constructor() {
    super('the transaction was rolled back instead of committed, for a statement in it had failed');
  }
}

/**
 * Has a transaction begin when there is something to be done in it. A statement that only reads is sent along with the
 * `begin`. Any other waits for the answer: if `begin` alone were refused, it would be committed by itself. After a
 * `begin` that was refused, nothing but a rollback is answered otherwise than with what it was refused for.
 *
 * What comes while the end is not answered yet is not sent. Kysely would send it, of work that did several things at once
 * and failed at one; when the end is answered, Kysely itself refuses it.
 */
export class LateBegin {
  private isOwed = false;
  /** Until it is answered; if it was refused, until the transaction is over. */
  private begun?: Promise<unknown>;
  private isEnding = false;

  constructor(private readonly send: Send) {}

  ask(sql: string, values: unknown[]): Promise<Answer> {
    if (sql === BEGIN) return this.owe();
    if (ENDS.test(sql)) return this.ending(sql);
    if (this.isEnding) return Promise.reject(new TransactionEndingError(sql));
    return this.sendBegun(sql, values);
  }

  /** The next transaction has nothing to do with this one. */
  forget(): void {
    this.isOwed = false;
    this.begun = undefined;
    this.isEnding = false;
  }

  private async owe(): Promise<Answer> {
    this.forget();
    this.isOwed = true;
    return nothing();
  }

  private async ending(sql: string): Promise<Answer> {
    this.isEnding = true;
    // Nothing is waited for then, so nobody else may have noticed yet that it is over: nothing is sent until the next one.
    if (this.isOwed) return nothing();
    try {
      const answer = await this.sendBegun(sql, []);
      if (sql !== ROLLBACK && answer.command === 'ROLLBACK') throw new RolledBackError();
      return answer;
    } finally {
      this.isEnding = false;
    }
  }

  private sendBegun(sql: string, values: unknown[]): Promise<Answer> {
    if (this.isOwed) this.begin();
    if (!this.begun) return this.send(sql, values);
    if (sql === ROLLBACK) return this.rollBack(this.begun);
    return READS.test(sql) ? this.together(this.begun, sql, values) : this.begun.then(() => this.send(sql, values));
  }

  private begin(): void {
    this.isOwed = false;
    const begun = this.send(BEGIN, []);
    this.begun = begun;
    const settled = (): void => void (this.begun = undefined);
    // Who waits for it is told of its failure.
    begun.then(settled, () => undefined);
  }

  private async together(begun: Promise<unknown>, sql: string, values: unknown[]): Promise<Answer> {
    const [, answer] = await Promise.all([begun, this.send(sql, values)]);
    return answer;
  }

  /** After all that waits for the answer as well. */
  private async rollBack(begun: Promise<unknown>): Promise<Answer> {
    const isBegun = await begun.then(
      () => true,
      () => false,
    );
    if (isBegun) return this.send(ROLLBACK, []);
    this.begun = undefined;
    return nothing();
  }
}
