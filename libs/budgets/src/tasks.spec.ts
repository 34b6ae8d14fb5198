import { join } from 'node:path';
import { readFixtures } from '@budget-buddy/testing';
import { describe, expect, it } from 'vitest';
import { RenewBudget } from './renew-budget';
import { tasks } from './tasks';

/** What builds have written, a file a version, under the task's name. */
const FIXTURES = join(__dirname, '..', 'fixtures');

const budgetId = '5b0f0b1e-7f0a-4a6c-9c3e-0f3f6a1d2c4b';
const userId = '0d9c3a52-1f5e-4a3a-8f0d-7f2f3b6f9a10';

describe('what waits in the ledger for a month or a year', () => {
  it.each(tasks)('is read by $name, whatever version wrote it', (task) => {
    expect(readFixtures(task, FIXTURES)).not.toHaveLength(0);
  });

  it('means the same renewal as it did', () => {
    expect(readFixtures(RenewBudget, FIXTURES)).toEqual([{ budgetId, userId }]);
  });
});
