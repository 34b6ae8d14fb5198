import type { Database, Tx } from '@budget-buddy/platform';
import { TaskLedger, taskMigrations, type TaskRecord } from '@budget-buddy/tasks';
import { Temporal } from 'temporal-polyfill';
import { testDatabase, type TestDatabase } from './test-database';
import { VirtualClock } from './virtual-clock';

/** A ledger in a database of its own for one test file, on a clock that the test moves, and letters to put into it. */
export class TestLedger {
  private letters = 0;

  private constructor(
    private readonly own: TestDatabase,
    readonly clock: VirtualClock,
    readonly ledger: TaskLedger,
  ) {}

  /** @param now what the clock shows, as an ISO 8601 instant. */
  static async open(now: string): Promise<TestLedger> {
    const own = await testDatabase(taskMigrations);
    const clock = new VirtualClock(now);
    return new TestLedger(own, clock, new TaskLedger(own.database, clock));
  }

  get database(): Database {
    return this.own.database;
  }

  newKey(): string {
    return `letter-${++this.letters}`;
  }

  /** Puts a letter into the ledger. @returns undefined when there is one under that key. */
  insert(tx: Tx, key: string, to = 'Ada'): Promise<TaskRecord | undefined> {
    const eta = Temporal.Instant.from('2027-02-28T12:00:00Z');
    const letter = { name: 'write_letter', queue: 'letters', payload: { to }, payloadVersion: 2 };
    return this.ledger.insert(tx, { key, ...letter, eta });
  }

  drop(): Promise<void> {
    return this.own.drop();
  }
}
