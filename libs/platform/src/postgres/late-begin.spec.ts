import { beforeEach, expect, it } from 'vitest';
import { type Answer, LateBegin } from './late-begin';

interface Sent {
  readonly sql: string;
  answer(command?: string): void;
  refuse(error: Error): void;
}

let sent: Sent[];
let transactions: LateBegin;
const ask = (sql: string) => transactions.ask(sql, []);
const onTheWire = () => sent.map(({ sql }) => sql);
const turn = () => new Promise((resolve) => setImmediate(resolve));
const last = () => sent.at(-1)!;

beforeEach(() => {
  sent = [];
  transactions = new LateBegin(
    (sql) =>
      new Promise<Answer>((resolve, reject) => {
        const answer = (command = sql) => resolve({ command, rowCount: null, rows: [] });
        sent.push({ sql, answer, refuse: reject });
      }),
  );
});

it('sends nothing of a transaction in which nothing is done', async () => {
  for (const end of ['commit', 'rollback']) {
    await ask('begin');
    await ask(end);
  }
  expect(onTheWire()).toEqual([]);
});

it('sends what only reads along with the begin', async () => {
  await ask('begin');
  const read = ask('  SELECT 1');
  expect(onTheWire()).toEqual(['begin', '  SELECT 1']);
  for (const { answer } of sent) answer();
  expect(await read).toMatchObject({ command: '  SELECT 1' });
  void ask('insert');
  expect(last().sql).toBe('insert');
});

it.each(['insert', 'with x as (delete from t) select 1', 'selection'])('has "%s" wait for the begin', async (sql) => {
  await ask('begin');
  void ask(sql);
  await turn();
  expect(onTheWire()).toEqual(['begin']);
  last().answer();
  await turn();
  expect(onTheWire()).toEqual(['begin', sql]);
});

it('sends nothing more once a begin was refused, until the transaction is over', async () => {
  await ask('begin');
  const read = ask('select 1');
  const write = ask('insert');
  sent[0]!.refuse(new Error('refused'));
  sent[1]!.answer();
  await expect(read).rejects.toThrow('refused');
  await expect(write).rejects.toThrow('refused');
  await expect(ask('update')).rejects.toThrow('refused');
  await expect(ask('commit')).rejects.toThrow('refused');
  await ask('rollback');
  expect(onTheWire()).toEqual(['begin', 'select 1']);
  void ask('insert');
  expect(last().sql).toBe('insert');
});

it.each(['commit', 'rollback'])(
  'sends nothing until the %s is answered: it would be committed by itself',
  async (end) => {
    await ask('begin');
    const read = ask('select 1');
    for (const { answer } of sent) answer();
    await read;
    const over = ask(end);
    await expect(ask('insert')).rejects.toThrow('the transaction is being ended, and this was not sent: insert');
    expect(onTheWire()).toEqual(['begin', 'select 1', end]);
    last().answer();
    await over;
    void ask('select pg_advisory_unlock(1)');
    expect(last().sql).toBe('select pg_advisory_unlock(1)');
  },
);

it.each(['commit', 'rollback'])(
  'sends nothing after the %s of a transaction in which nothing was done',
  async (end) => {
    await ask('begin');
    await ask(end);
    await expect(ask('insert')).rejects.toThrow('the transaction is being ended, and this was not sent: insert');
    await ask('begin');
    void ask('insert');
    expect(onTheWire()).toEqual(['begin']);
  },
);

it('sends the rollback after a commit that failed', async () => {
  await ask('begin');
  const read = ask('select 1');
  for (const { answer } of sent) answer();
  await read;
  const commit = ask('commit');
  last().refuse(new Error('deferred'));
  await expect(commit).rejects.toThrow('deferred');
  void ask('rollback');
  expect(last().sql).toBe('rollback');
});

it('takes no rollback for a commit', async () => {
  await ask('begin');
  void ask('select 1');
  for (const { answer } of sent) answer();
  await turn();
  const commit = ask('commit');
  last().answer('ROLLBACK');
  await expect(commit).rejects.toThrow('rolled back instead of committed');
});

it('rolls back after what waited for the begin, not before', async () => {
  await ask('begin');
  void ask('insert');
  void ask('rollback');
  last().answer();
  await turn();
  expect(onTheWire()).toEqual(['begin', 'insert', 'rollback']);
});

it('begins nothing for whoever comes next', async () => {
  await ask('begin');
  transactions.forget();
  void ask('insert');
  expect(onTheWire()).toEqual(['insert']);
});
