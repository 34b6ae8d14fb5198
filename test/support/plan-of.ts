import pg from 'pg';
import { statementsOf } from './statements-of';

/**
 * How PostgreSQL would go about the statement with these words that `work` sends, as `explain` tells it afterwards.
 * @param url of the database.
 */
export async function planOf(words: string, url: string, work: () => Promise<unknown>): Promise<string> {
  const found = (await statementsOf(work)).find(([text]) => text.includes(words));
  if (!found) throw new Error(`no statement has the words "${words}"`);
  const client = new pg.Client(url);
  await client.connect();
  const { rows } = await client.query<{ 'QUERY PLAN': string }>(`explain ${found[0]}`, [...found[1]]);
  await client.end();
  return rows.map((row) => row['QUERY PLAN']).join('\n');
}
