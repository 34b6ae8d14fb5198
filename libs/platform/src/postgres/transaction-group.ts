import type { Tx } from './database';
import { GroupMember } from './group-member';
import { sideBySide } from './side-by-side';

/** A statement for many: one result for each argument, in their order. */
export type StatementForMany<Argument, Result> = (tx: Tx, args: readonly Argument[]) => Promise<readonly Result[]>;

interface Call {
  readonly argument: unknown;
  readonly resolve: (result: never) => void;
  readonly reject: (error: unknown) => void;
}

/** A member that asks nothing of PostgreSQL for so long keeps all others from their commit, in ms. */
const MOST_IDLE_MS = 5_000;

/** Why a group is taken apart. Its members are done anew, each alone. */
export class GroupError extends Error {
  override readonly name = 'GroupError';
}

/** One transaction with several members, whose statements of one kind and time become one; those of several kinds go together. */
export class TransactionGroup {
  private readonly pending = new Map<StatementForMany<never, unknown>, Call[]>();
  private readonly holders = new Map<string, GroupMember>();
  private running = false;
  private ended = false;
  private lastCallMs = performance.now();
  private failure: { error: unknown } | undefined;
  private readonly sideBySide: Promise<Tx>;

  constructor(private readonly tx: Tx) {
    this.sideBySide = sideBySide(tx);
  }

  /**
   * Has all members do their work side by side.
   * @param works never reject: what became of a member is in the member.
   * @throws GroupError, or what a statement threw, when nothing of this may be committed.
   */
  async run(works: readonly ((member: GroupMember) => Promise<void>)[]): Promise<void> {
    const members = works.map(() => new GroupMember(this, this.tx));
    try {
      await this.withPatience(Promise.all(works.map((work, index) => work(members[index]!))));
    } finally {
      this.ended = true;
    }
    if (this.failure) throw this.failure.error;
    if (members.some((member) => member.hasToBeUndone)) throw new GroupError('a member failed after it had written');
  }

  /** Takes part in the next statement of this kind, which is sent when no member can go on by itself. */
  call<Argument, Result>(statement: StatementForMany<Argument, Result>, argument: Argument): Promise<Result> {
    if (this.ended) return Promise.reject(new GroupError('the transaction has ended'));
    this.lastCallMs = performance.now();
    return new Promise<Result>((resolve, reject) => {
      const calls = this.pending.get(statement) ?? [];
      calls.push({ argument, resolve, reject });
      this.pending.set(statement, calls);
      if (!this.running) void this.send();
    });
  }

  /** Notes that only this member may deal with these. @returns false when another member does. */
  hold(member: GroupMember, keys: readonly string[]): boolean {
    if (keys.some((key) => (this.holders.get(key) ?? member) !== member)) return false;
    for (const key of keys) this.holders.set(key, member);
    return true;
  }

  private async send(): Promise<void> {
    this.running = true;
    const tx = await this.sideBySide;
    await standstill();
    while (this.pending.size > 0) {
      const statements = [...this.pending];
      this.pending.clear();
      await Promise.all(statements.map(([statement, calls]) => this.execute(tx, statement, calls)));
      await standstill();
    }
    this.lastCallMs = performance.now();
    this.running = false;
  }

  private async execute(tx: Tx, statement: StatementForMany<never, unknown>, calls: readonly Call[]): Promise<void> {
    try {
      if (this.failure) throw this.failure.error;
      const results = await statement(tx, calls.map(({ argument }) => argument) as never[]);
      for (const [index, { resolve }] of calls.entries()) resolve(results[index] as never);
    } catch (error) {
      // PostgreSQL answers no further statement of this transaction.
      this.failure ??= { error };
      for (const { reject } of calls) reject(error);
    }
  }

  private async withPatience(work: Promise<unknown>): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const outOfPatience = new Promise<never>((_, reject) => {
      timer = setInterval(() => {
        if (this.running || performance.now() - this.lastCallMs < MOST_IDLE_MS) return;
        reject(new GroupError(`a member asked nothing of PostgreSQL for ${MOST_IDLE_MS} ms`));
      }, MOST_IDLE_MS / 5);
    });
    await Promise.race([work, outOfPatience]).finally(() => clearInterval(timer));
  }
}

/** Resolves when no promise that is settled has anything left to set off: whoever was to go on has gone on. */
function standstill(): Promise<void> {
  return new Promise((resolve) => process.nextTick(resolve));
}
