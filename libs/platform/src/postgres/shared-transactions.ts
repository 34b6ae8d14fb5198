import type { Kysely } from 'kysely';
import type { Tx } from './database';
import { DatabaseUnavailableError } from './database-unavailable-error';
import type { Tables } from './tables';
import { runTransaction } from './run-transaction';
import { SharedWork, type TransactionEnds } from './shared-work';
import { TransactionGroup } from './transaction-group';

/** Side by side, so that Node works for one while PostgreSQL works for the other. */
const GROUPS_AT_ONCE = 2;
const MOST_MEMBERS = 100;
/** How many of the members of a group that came to nothing are done anew at a time. */
const ALONE_AT_ONCE = 4;

/** Work of any result. */
type Member = Pick<SharedWork<unknown>, 'begin' | 'settle' | 'doAlone' | 'fail' | 'failByItself' | 'mustBeDoneAlone'>;

/**
 * Has work that is there at the same time share a transaction, and its round trips and commit. Whatever comes first
 * begins at once; what comes while as many transactions as may be are under way is taken together by the next one.
 */
export class SharedTransactions {
  private readonly waiting: Member[] = [];
  private groups = 0;
  private starting = false;

  constructor(
    private readonly db: Kysely<Tables>,
    private readonly ends: TransactionEnds,
  ) {}

  /** @see Database.sharedTransaction */
  run<Result>(work: (tx: Tx) => Promise<Result>): Promise<Result> {
    return new Promise((resolve, reject) => {
      this.waiting.push(new SharedWork(work, this.ends, resolve, reject));
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

  private async runGroup(works: readonly Member[]): Promise<void> {
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

  private async commit(works: readonly Member[]): Promise<void> {
    await runTransaction(this.db, async (tx) => {
      await new TransactionGroup(tx).run(works.map((work) => (member) => work.begin(member)));
    });
  }

  private async settle(works: readonly Member[]): Promise<void> {
    void doAlone(works.filter((work) => work.mustBeDoneAlone));
    await Promise.all(works.filter((work) => !work.mustBeDoneAlone).map((work) => work.settle()));
  }

  /** Nothing of the group is there. One of them may have been at fault, or nobody. */
  private async recover(works: readonly Member[], error: unknown): Promise<void> {
    if (error instanceof DatabaseUnavailableError) for (const work of works) work.fail(error);
    else await doAlone(works.length === 1 ? works.filter((work) => !work.failByItself()) : works);
  }
}

async function doAlone(works: readonly Member[]): Promise<void> {
  const queue = [...works];
  const next = async (): Promise<void> => {
    for (let work = queue.shift(); work; work = queue.shift()) await work.doAlone();
  };
  await Promise.all(Array.from({ length: ALONE_AT_ONCE }, next));
}
