import { Injectable, Logger } from '@nestjs/common';
import Bull from 'bull';
import { IsString } from 'class-validator';
import { sql } from 'kysely';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { DatabaseUnavailableError, type NamedMigration, Readiness } from '@budget-buddy/platform';
import { TaskBench, testDatabase, waitFor } from '@budget-buddy/testing';
import { HandlesTask, OpenPayloads, Preflight, Task, type TaskHandler, taskMigrations, TaskRegistry } from '..';

@Task<Water>({ name: 'water', queue: 'budget_renewal_queue', key: ({ plant }) => `water-${plant}` })
class Water {
  @IsString() plant!: string;
}

@Injectable()
@HandlesTask(Water)
class WaterHandler implements TaskHandler<Water> {
  async handle(): Promise<void> {}
}

const DUE = '2100-01-01T01:00:00Z';

interface Row {
  key: string;
  name?: string;
  payload?: string;
  version?: number;
}

/** What is in the ledger before the worker starts. */
function stored(...rows: Row[]): NamedMigration[] {
  const values = rows.map(({ key, name = 'water', payload = '{"plant": "fern"}', version = 1 }, index) => {
    const due = sql`${DUE}::timestamptz + ${index} * interval '1 second'`;
    return sql`(${key}, ${name}, 'budget_renewal_queue', ${payload}, ${version}, 'scheduled', ${due}, ${due}, now(), now())`;
  });
  const up: NamedMigration['migration']['up'] = async (db) => {
    await sql`
      insert into tasks.task (key, name, queue, payload, payload_version, status, eta, due_at, created_at, updated_at)
      values ${sql.join(values)}
    `.execute(db);
  };
  return [{ name: '2099-01-01-rows', migration: { up } }];
}

const many = (count: number, row: Omit<Row, 'key'> = {}) =>
  Array.from({ length: count }, (_, index) => ({ key: `water-${row.version ?? 0}-${index}`, ...row }));

describe('a worker that starts', () => {
  let bench: TaskBench | undefined;
  const start = async (migrations: NamedMigration[] = []) =>
    (bench = await TaskBench.start({ tasks: [Water], providers: [WaterHandler], migrations }));
  const state = async () => (await bench!.get(Readiness).check()).find(({ name }) => name === 'payloads');
  const read = () => waitFor(async () => !(await state())?.reason?.includes('are being read'));

  const lines = (level: 'error' | 'warn') => vi.spyOn(Logger.prototype, level).mockImplementation(() => undefined);
  let error: ReturnType<typeof lines>;
  let warn: ReturnType<typeof lines>;
  beforeEach(() => {
    process.env.BUDGETBUDDY_RECONCILE_ALL_INTERVAL = 'PT1S';
    error = lines('error');
    warn = lines('warn');
  });
  afterEach(async () => {
    vi.restoreAllMocks();
    delete process.env.BUDGETBUDDY_RECONCILE_ALL_INTERVAL;
    await bench?.close();
    bench = undefined;
  });

  it('is ready when it can read all that is open, and says nothing of what is settled', async () => {
    const settle: NamedMigration['migration']['up'] = async (db) => {
      await sql`update tasks.task set status = 'cancelled', finished_at = now() where key = 'water-b'`.execute(db);
    };
    const settled = { name: '2099-01-02-settled', migration: { up: settle } };
    await start([...stored({ key: 'water-a' }, { key: 'water-b', payload: '{}' }), settled]);
    await read();
    expect(await state()).toEqual({ name: 'payloads', up: true });
    expect(error).not.toHaveBeenCalled();
  });

  it('says what it cannot read, leaves that alone, and does the rest', async () => {
    await start(
      stored(
        { key: 'water-fern' },
        { key: 'water-torn', payload: '{"plant": 7}' },
        { key: 'water-new', version: 2 },
        { key: 'prune-rose', name: 'prune' },
      ),
    );
    await read();
    expect(await state()).toEqual({
      name: 'payloads',
      up: true,
      reason: '3 of 4 open tasks cannot be read by this build, and wait',
    });
    const said = error.mock.calls.map(([about]) => about as unknown);
    const group = { open: 1, unreadable: 1 };
    expect(said).toEqual([
      {
        ...group,
        task: 'prune',
        version: 1,
        examples: [{ key: 'prune-rose', why: expect.stringContaining('no task is named "prune"') }],
      },
      {
        task: 'water',
        version: 1,
        open: 2,
        unreadable: 1,
        examples: [{ key: 'water-torn', why: expect.stringContaining('plant is 7, expected: plant must be a string') }],
      },
      {
        ...group,
        task: 'water',
        version: 2,
        examples: [{ key: 'water-new', why: expect.stringContaining('version 2; this build reads up to 1') }],
      },
    ]);
    expect(await bench!.due.runNext()).toMatchObject({ key: 'water-fern', status: 'succeeded' });
    for (const key of ['water-torn', 'water-new', 'prune-rose']) {
      expect(await bench!.due.runNext()).toMatchObject({ key, status: 'scheduled', attempts: 0 });
    }
  });

  it('is not ready while it can read none of a task of its own, and is when the rows are mended', async () => {
    await start(stored({ key: 'water-a', payload: '{}' }, { key: 'water-b', version: 7 }));
    await read();
    expect(await state()).toEqual({
      name: 'payloads',
      up: false,
      reason: '2 of 2 open tasks cannot be read by this build, and wait: no water can be read at all',
    });
    await sql`update tasks.task set payload_version = 1`.execute(bench!.database.db);
    await waitFor(async () => (await state())?.reason === '1 of 2 open tasks cannot be read by this build, and wait');
    await sql`update tasks.task set payload = '{"plant": "fern"}'`.execute(bench!.database.db);
    await waitFor(async () => (await state())?.reason === undefined);
    expect(await state()).toEqual({ name: 'payloads', up: true });
  });

  it('takes nothing before it has read all, and says so', async () => {
    const process = vi.spyOn(Bull.prototype, 'process');
    let answer = (_page: never[]): void => undefined;
    vi.spyOn(OpenPayloads.prototype, 'page').mockReturnValueOnce(new Promise((resolve) => (answer = resolve)));
    await start();
    expect(await state()).toEqual({
      name: 'payloads',
      up: false,
      reason: 'stored payloads are being read, 0 so far; no task is taken before',
    });
    expect(process).not.toHaveBeenCalled();
    answer([]);
    await waitFor(() => process.mock.calls.length > 0);
    await waitFor(async () => (await state())?.up);
  });

  it('waits for PostgreSQL, and reads all when it is back', async () => {
    vi.spyOn(OpenPayloads.prototype, 'page').mockRejectedValueOnce(new DatabaseUnavailableError(new Error('gone')));
    await start(stored({ key: 'water-fern' }));
    await waitFor(() => warn.mock.calls.some(([, line]) => String(line).includes('will try until they can')));
    await waitFor(async () => (await state())?.up);
    expect(await bench!.due.runNext()).toMatchObject({ status: 'succeeded' });
  });

  it('ends in good order while it reads', async () => {
    const process = vi.spyOn(Bull.prototype, 'process');
    vi.spyOn(OpenPayloads.prototype, 'page').mockReturnValueOnce(new Promise(() => undefined));
    await start();
    await bench!.close();
    bench = undefined;
    expect(process).not.toHaveBeenCalled();
  });
});

describe('a preflight', () => {
  it('reads each open task once, page by page, those of one due time too', async () => {
    const rows = [...many(1700), ...many(1700, { version: 2 })];
    const own = await testDatabase([...taskMigrations, ...stored(...rows)]);
    await sql`update tasks.task set eta = ${DUE}, due_at = ${DUE}`.execute(own.database.db);
    const preflight = new Preflight(new OpenPayloads(own.database), new TaskRegistry([Water]));
    const progress: number[] = [];
    const report = await preflight.run({ onProgress: (read) => progress.push(read) });
    expect(progress).toEqual([1000, 2000, 3000, 3400]);
    expect(report.groups).toMatchObject([
      { version: 1, open: 1700, unreadable: 0 },
      { version: 2, open: 1700, unreadable: 1700 },
    ]);
    await own.drop();
  });
});
