import type { Tx } from './database';
import type { GroupMember } from './group-member';

/** What is done with work that goes by itself, and with what follows a commit. */
export interface TransactionEnds {
  alone<Result>(work: (tx: Tx) => Promise<Result>): Promise<Result>;
  begun(tx: Tx): void;
  committed(tx: Tx): Promise<void>;
}

/** Work that is to be part of a transaction, whoever else is in it, and what becomes of it. */
export class SharedWork<Result> {
  private member?: GroupMember;
  private outcome?: { result: Result } | { error: unknown };

  constructor(
    private readonly work: (tx: Tx) => Promise<Result>,
    private readonly ends: TransactionEnds,
    private readonly resolve: (result: Result) => void,
    readonly fail: (error: unknown) => void,
  ) {}

  /** It has left its group. */
  get mustBeDoneAlone(): boolean {
    return this.member?.hasLeft ?? false;
  }

  /** Does it as a member of a group. Never rejects: what came of it is kept for later. */
  async begin(member: GroupMember): Promise<void> {
    this.member = member;
    this.ends.begun(member.tx);
    try {
      this.outcome = { result: await this.work(member.tx) };
    } catch (error) {
      member.hasFailed = true;
      this.outcome = { error };
    }
  }

  /** Tells whoever waits what came of it. Called once what the group did is committed. */
  async settle(): Promise<void> {
    const outcome = this.outcome!;
    if ('error' in outcome) return this.fail(outcome.error);
    await this.ends.committed(this.member!.tx);
    this.resolve(outcome.result);
  }

  /**
   * Fails it with its own error, if it has one; only where nobody else can have been the cause.
   * @returns whether it has.
   */
  failByItself(): boolean {
    if (this.mustBeDoneAlone || !this.outcome || !('error' in this.outcome)) return false;
    this.fail(this.outcome.error);
    return true;
  }

  /** Does it anew, in a transaction of its own. */
  async doAlone(): Promise<void> {
    await this.ends.alone(this.work).then(this.resolve, this.fail);
  }
}
