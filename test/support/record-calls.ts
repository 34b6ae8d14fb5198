import pg from 'pg';
import { vi } from 'vitest';

/** What this system asks node-postgres for. */
interface Query {
  readonly name: string | undefined;
  readonly text: string;
  readonly values: unknown[];
}

export interface Call extends Query {
  readonly client: pg.Client;
  /** A copy of the values: the product lets go of those. */
  readonly sentWith: readonly unknown[];
  /** How many of these calls were answered when it was made. */
  readonly sentAfterAnswers: number;
  result?: unknown;
}

/** What node-postgres is asked and answers, until `end`. @param replace what to ask instead of a text. */
export function recordCalls(replace = (text: string) => text): { end(): Call[] } {
  type Ask = (query: Query, callback: (error: unknown, result: unknown) => void) => void;
  const { query } = pg.Client.prototype as unknown as { query: Ask };
  const calls: Call[] = [];
  let answers = 0;
  const spy = vi.spyOn(pg.Client.prototype as unknown as { query: Ask }, 'query');
  spy.mockImplementation(function (this: pg.Client, asked, callback) {
    const call: Call = { ...asked, client: this, sentWith: [...asked.values], sentAfterAnswers: answers };
    calls.push(call);
    query.call(this, { ...asked, text: replace(asked.text) }, (error, result) => {
      answers++;
      call.result = result;
      callback(error, result);
    });
  });
  return {
    end() {
      spy.mockRestore();
      return calls;
    },
  };
}
