import type { Kysely } from 'kysely';
import type { Tx } from './database';
import { DatabaseUnavailableError } from './database-unavailable-error';
import type { GroupMember } from './group-member';
import type { Tables } from './tables';
import { TransactionGroup } from './transaction-group';

/** Side by side, so that Node works for one while PostgreSQL works for the other. */
const GROUPS_AT_ONCE = 2;
const MOST_MEMBERS = 100;
/** How many of the members of a group that came to nothing are done anew at a time. */
const ALONE_AT_ONCE = 4;

/** Work that is to be part of a transaction, whoever else is in it. */
interface Work {
  begin(member: GroupMember): Promise<void>;
  /** Called once what it did is committed, or if it did nothing that could be. */
  settle(): Promise<void>;
  doAlone(): Promise<void>;
  fail(error: unknown): void;
  /** Fails it with its own error, if it has one. Only where nobody else can have been the cause. */
  hasFailedByItself(): boolean;
  readonly mustBeDoneAlone: boolean;
}

/** What a {@link SharedTransactions} does with work that goes by itself, and with what follows a commit. */
export interface TransactionEnds {
  alone<Result>(work: (tx: Tx) => Promise<Result>): Promise<Result>;
  begun(tx: Tx): void;
  committed(tx: Tx): Promise<void>;
}

/**
 * Has work that is there at the same time share a transaction, and its round trips and commit. Whatever comes first
 * begins at once; what comes while as many transactions as may be are under way is taken together by the next one.
 */
export class SharedTransactions {
  private readonly waiting: Work[] = [];
  private groups = 0;
  private starting = false;

  constructor(
    private readonly db: Kysely<Tables>,
    private readonly ends: TransactionEnds,
  ) {}

  /** @see Database.sharedTransaction */
  run<Result>(work: (tx: Tx) => Promise<Result>): Promise<Result> {
    return new Promise((resolve, reject) => {
      this.waiting.push(new WorkInGroup(work, this.ends, resolve, reject));
      if (this.starting) return;
      this.starting = true;
      // What came with it, in one read from the network, goes with it.
      setImmediate(() => this.start());
    });
  }

  private start(): void {
    this.starting = false;
    while (this.groups < GROUPS_AT_ONCE && this.waiting.length > 0) {
      this.groups++;
      void this.runGroup(this.waiting.splice(0, MOST_MEMBERS));
    }
  }

  private async runGroup(works: readonly Work[]): Promise<void> {
    let failure: { error: unknown } | undefined;
    try {
      await this.commit(works);
    } catch (error) {
      failure = { error };
    }
    this.groups--;
    this.start();
    if (failure) await this.recover(works, failure.error);
    else await this.settle(works);
  }

  private async commit(works: readonly Work[]): Promise<void> {
    await this.db.transaction().execute(async (tx) => {
      await new TransactionGroup(tx).run(works.map((work) => (member) => work.begin(member)));
    });
  }

  private async settle(works: readonly Work[]): Promise<void> {
    void doAlone(works.filter((work) => work.mustBeDoneAlone));
    await Promise.all(works.filter((work) => !work.mustBeDoneAlone).map((work) => work.settle()));
  }

  /** Nothing of the group is there. One of them may have been at fault, or nobody. */
  private async recover(works: readonly Work[], error: unknown): Promise<void> {
    if (error instanceof DatabaseUnavailableError) for (const work of works) work.fail(error);
    else await doAlone(works.length === 1 ? works.filter((work) => !work.hasFailedByItself()) : works);
  }
}

async function doAlone(works: readonly Work[]): Promise<void> {
  const queue = [...works];
  const next = async (): Promise<void> => {
    for (let work = queue.shift(); work; work = queue.shift()) await work.doAlone();
  };
  await Promise.all(Array.from({ length: ALONE_AT_ONCE }, next));
}

class WorkInGroup<Result> implements Work {
  private member?: GroupMember;
  private outcome?: { result: Result } | { error: unknown };

  constructor(
    private readonly work: (tx: Tx) => Promise<Result>,
    private readonly ends: TransactionEnds,
    private readonly resolve: (result: Result) => void,
    readonly fail: (error: unknown) => void,
  ) {}

  get mustBeDoneAlone(): boolean {
    return this.member?.hasLeft ?? false;
  }

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

  async settle(): Promise<void> {
    const outcome = this.outcome!;
    if ('error' in outcome) return this.fail(outcome.error);
    await this.ends.committed(this.member!.tx);
    this.resolve(outcome.result);
  }

  hasFailedByItself(): boolean {
    if (this.mustBeDoneAlone || !this.outcome || !('error' in this.outcome)) return false;
    this.fail(this.outcome.error);
    return true;
  }

  async doAlone(): Promise<void> {
    await this.ends.alone(this.work).then(this.resolve, this.fail);
  }
}
