import { constants, PerformanceObserver } from 'node:perf_hooks';
import { Injectable } from '@nestjs/common';
import { IsString } from 'class-validator';
import { sql } from 'kysely';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { NamedMigration } from '@budget-buddy/platform';
import { TaskBench, waitFor } from '@budget-buddy/testing';
import { HandlesTask, Task, type TaskHandler } from '..';
import { FullComparisons } from './full-comparisons';

@Task<Sieve>({ name: 'sieve', queue: 'budget_renewal_queue', key: ({ field }) => `sieve-${field}` })
class Sieve {
  @IsString() field!: string;
}

@Injectable()
@HandlesTask(Sieve)
class SieveHandler implements TaskHandler<Sieve> {
  async handle(): Promise<void> {}
}

/** Open tasks that are there before the worker is. */
const sieves = (count: number): NamedMigration => ({
  name: '2999-01-01-test-1-sieves',
  migration: {
    up: async (db) => {
      await sql`
        insert into tasks.task (key, name, queue, payload, status, eta, due_at, created_at, updated_at)
        select 'sieve-' || n, 'sieve', 'budget_renewal_queue', '{"field": "one"}', 'scheduled', due, due, due, due
        from generate_series(1, ${count}::integer) as n, (select timestamptz '2100-01-02 00:00:00+00' as due) as at`.execute(
        db,
      );
    },
  },
});

beforeEach(() => {
  vi.stubEnv('BUDGETBUDDY_RECONCILE_INTERVAL', 'PT1S');
  vi.stubEnv('BUDGETBUDDY_RECONCILE_ALL_INTERVAL', 'PT1S');
});
afterEach(() => vi.unstubAllEnvs());

it.each([
  [9_999, 0],
  [10_000, 1],
])('having started with %i tasks, has the heap collected %i times, however often it compares', async (count, times) => {
  const collections: object[] = [];
  const observer = new PerformanceObserver((list) => collections.push(...list.getEntries().filter(isAskedFor)));
  observer.observe({ entryTypes: ['gc'] });
  const bench = await TaskBench.start({ tasks: [Sieve], providers: [SieveHandler], migrations: [sieves(count)] });
  try {
    const completed = async () => (await bench.get(FullComparisons).soFar()).completed;
    await waitFor(async () => (await completed()) >= 3, { timeoutMs: 60_000 });
    expect(collections).toHaveLength(times);
  } finally {
    observer.disconnect();
    await bench.close();
  }
});

/** Not one that V8 thought of by itself. */
function isAskedFor(entry: object): boolean {
  const { flags } = (entry as { readonly detail: { readonly flags: number } }).detail;
  return (flags & constants.NODE_PERFORMANCE_GC_FLAGS_FORCED) !== 0;
}
