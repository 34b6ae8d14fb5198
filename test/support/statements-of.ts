import pg from 'pg';
import { vi } from 'vitest';

/** A statement, and what it was sent with. */
export type Statement = readonly [text: string, values: unknown[]];

/** All statements that `work` sends to PostgreSQL. With copies of their values, for the product lets go of those. */
export async function statementsOf(work: () => Promise<unknown>): Promise<Statement[]> {
  const statements: Statement[] = [];
  const { query } = pg.Client.prototype as unknown as { query: (...args: unknown[]) => unknown };
  const spy = vi.spyOn(pg.Client.prototype, 'query').mockImplementation(function (this: pg.Client, ...args: unknown[]) {
    statements.push([args[0] as string, [...((args[1] as unknown[] | undefined) ?? [])]]);
    return query.apply(this, args);
  });
  try {
    await work();
  } finally {
    spy.mockRestore();
  }
  return statements;
}
