import pg from 'pg';
import { vi } from 'vitest';

/**
 * How PostgreSQL would go about the statement with these words that `work` sends, as `explain` tells it afterwards.
 * @param url of the database.
 */
export async function planOf(words: string, url: string, work: () => Promise<unknown>): Promise<string> {
  const spy = vi.spyOn(pg.Client.prototype, 'query');
  await work();
  const statements = spy.mock.calls as unknown as [string, unknown[]][];
  spy.mockRestore();
  const found = statements.find(([text]) => text.includes(words));
  if (!found) throw new Error(`no statement has the words "${words}"`);
  const client = new pg.Client(url);
  await client.connect();
  const { rows } = await client.query<{ 'QUERY PLAN': string }>(`explain ${found[0]}`, found[1]);
  await client.end();
  return rows.map((row) => row['QUERY PLAN']).join('\n');
}
