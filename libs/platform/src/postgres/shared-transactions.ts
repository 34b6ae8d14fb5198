import type { Kysely } from 'kysely';
import type { Tx } from './database';
import { DatabaseUnavailableError } from './database-unavailable-error';
import type { Tables } from './tables';
import { runTransaction } from './run-transaction';
import { SharedWork, type TransactionEnds } from './shared-work';
import { GROUPS_A_LANE, type SpareGroups } from './spare-groups';
import { TransactionGroup } from './transaction-group';

/** With so many begun lately there is much to do, and what waits is the better off the more it shares. */
const BUSY_MEMBERS = 40;
/** After so long, in ms, half as many have been begun lately. */
const HALF_LIFE_MS = 25;
/** So long after the group before, in ms, does the first spare one begin; each further one after twice as long, up to a limit. */
const SPARE_AFTER_MS = 1;
const MOST_SPARE_AFTER_MS = 16;
/** With fewer groups than these the next one begins within 8 ms. */
const ROOMY_GROUPS = 6;
/** How many of the members of a group that came to nothing are done anew at a time. */
const ALONE_AT_ONCE = 4;

/** Work of any result. */
type Member = Pick<SharedWork<unknown>, 'begin' | 'settle' | 'doAlone' | 'fail' | 'failByItself' | 'mustBeDoneAlone'>;

/**
 * Has work that is there at the same time share a transaction, and its round trips and commit. Whatever comes first
 * begins at once; what comes while as many transactions as may be are under way is taken together by the next one. While
 * few come, spare ones are begun: what comes does not wait for the disk that the others' commits wait for.
 */
export class SharedTransactions {
  private readonly waiting: Member[] = [];
  private groups = 0;
  private begunAtMs = 0;
  /** How many members were begun lately, as of then. */
  private begunLately = 0;
  private starting = false;
  private spareTimer?: NodeJS.Timeout;

  constructor(
    private readonly db: Kysely<Tables>,
    private readonly ends: TransactionEnds,
    private readonly spares: SpareGroups,
    /** Of one transaction. */
    private readonly mostMembers: number,
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

  /** Whether whoever comes next could have a transaction of its own in a few ms. */
  get hasRoom(): boolean {
    return this.spares.total > 0 && this.groups < ROOMY_GROUPS;
  }

  private start(): void {
    this.starting = false;
    while (this.waiting.length > 0 && (this.groups < GROUPS_A_LANE || this.takeSpare())) this.begin();
  }

  private begin(): void {
    const works = this.waiting.splice(0, this.mostMembers);
    const nowMs = performance.now();
    this.begunLately = works.length + this.begunLately * 0.5 ** ((nowMs - this.begunAtMs) / HALF_LIFE_MS);
    this.begunAtMs = nowMs;
    this.groups++;
    void this.runGroup(works);
  }

  /** Ever more seldom: so few of them outlast a disk that is slow for once. */
  private takeSpare(): boolean {
    const spaceMs = Math.min(MOST_SPARE_AFTER_MS, SPARE_AFTER_MS * 2 ** (this.groups - GROUPS_A_LANE));
    const busyMs = HALF_LIFE_MS * Math.log2(this.begunLately / BUSY_MEMBERS);
    const leftMs = this.begunAtMs + Math.max(spaceMs, busyMs) - performance.now();
    if (leftMs <= 0 && this.spares.take()) return true;
    if (this.spares.total > 0) this.startIn(leftMs > 0 ? leftMs : MOST_SPARE_AFTER_MS);
    return false;
  }

  private startIn(ms: number): void {
    this.spareTimer ??= setTimeout(() => {
      this.spareTimer = undefined;
      this.start();
    }, ms);
  }

  private async runGroup(works: readonly Member[]): Promise<void> {
    let failure: { error: unknown } | undefined;
    try {
      await this.commit(works);
    } catch (error) {
      failure = { error };
    }
    this.end();
    this.start();
    if (failure) await this.recover(works, failure.error);
    else await this.settle(works);
  }

  private end(): void {
    if (this.groups > GROUPS_A_LANE) this.spares.giveBack();
    this.groups--;
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
