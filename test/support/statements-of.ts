import { recordCalls } from './record-calls';

/** A statement, and what it was sent with. */
export type Statement = readonly [text: string, values: readonly unknown[]];

/** All statements that `work` sends to PostgreSQL. */
export async function statementsOf(work: () => Promise<unknown>): Promise<Statement[]> {
  const calls = recordCalls();
  try {
    await work();
  } finally {
    calls.end();
  }
  return calls.end().map(({ text, sentWith }) => [text, sentWith]);
}
