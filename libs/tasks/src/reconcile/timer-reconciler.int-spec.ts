import { Injectable } from '@nestjs/common';
import { IsString } from 'class-validator';
import { sql } from 'kysely';
import { afterAll, afterEach, expect, it, vi } from 'vitest';
import { collectGarbage } from '@budget-buddy/platform';
import { TaskBench, waitFor } from '@budget-buddy/testing';
import { HandlesTask, Task, type TaskHandler } from '..';
import { FullComparisons } from './full-comparisons';

vi.mock('@budget-buddy/platform', async (original) => ({
  ...(await original<object>()),
  collectGarbage: vi.fn<() => void>(),
}));

@Task<Sieve>({ name: 'sieve', queue: 'budget_renewal_queue', key: ({ field }) => `sieve-${field}` })
class Sieve {
  @IsString() field!: string;
}

@Injectable()
@HandlesTask(Sieve)
class SieveHandler implements TaskHandler<Sieve> {
  async handle(): Promise<void> {}
}

let bench: TaskBench;
afterEach(() => vi.unstubAllEnvs());
afterAll(() => bench.close());

it('has the heap collected when it has compared so many tasks that they fill it', async () => {
  vi.stubEnv('BUDGETBUDDY_RECONCILE_INTERVAL', 'PT1S');
  vi.stubEnv('BUDGETBUDDY_RECONCILE_ALL_INTERVAL', 'PT1S');
  bench = await TaskBench.start({ tasks: [Sieve], providers: [SieveHandler] });
  const completed = async () => (await bench.get(FullComparisons).soFar()).completed;
  await waitFor(async () => (await completed()) >= 2);
  expect(collectGarbage).not.toHaveBeenCalled();
  await sql`
    insert into tasks.task (key, name, queue, payload, status, eta, due_at, created_at, updated_at)
    select 'sieve-' || n, 'sieve', 'budget_renewal_queue', '{"field": "one"}', 'scheduled', due, due, due, due
    from generate_series(1, 10000) as n, (select now() + interval '200 days' as due) as at`.execute(bench.database.db);
  await waitFor(() => vi.mocked(collectGarbage).mock.calls.length > 0, { timeoutMs: 30_000 });
});
