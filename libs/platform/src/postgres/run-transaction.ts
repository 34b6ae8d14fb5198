import type { Kysely } from 'kysely';
import type { Tx } from './database';
import type { Tables } from './tables';

/**
 * A transaction (READ COMMITTED) that ends once all that was asked in it is answered. Work that does several things at once
 * and fails at one leaves others behind that wait for their turn, and Kysely would send them when all is rolled back.
 */
export function runTransaction<Result>(db: Kysely<Tables>, work: (tx: Tx) => Promise<Result>): Promise<Result> {
  return db.transaction().execute(async (tx) => {
    try {
      return await work(tx);
    } finally {
      await lastInLine(tx);
    }
  });
}

async function lastInLine(tx: Tx): Promise<void> {
  await tx.getExecutor().provideConnection(() => Promise.resolve());
}
