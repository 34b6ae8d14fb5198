import { DummyDriver, PostgresDialect, Transaction } from 'kysely';
import type { Tx } from './database';
import type { Tables } from './tables';

/** What a transaction of Kysely's is made of; nothing of it is used to send statements. */
const dialect = new PostgresDialect({ pool: () => Promise.reject(new Error('a transaction has its connection')) });
const rest = { config: { dialect }, dialect, driver: new DummyDriver() };

/**
 * The same transaction, whose statements are sent when they are asked for, in that order. By itself, Kysely sends each
 * once the one before is answered.
 */
export async function sideBySide(tx: Tx): Promise<Tx> {
  const executor = tx.getExecutor();
  const connection = await executor.provideConnection((its) => Promise.resolve(its));
  return new Transaction<Tables>({
    ...rest,
    executor: executor.withConnectionProvider({ provideConnection: (consumer) => consumer(connection) }),
  });
}
