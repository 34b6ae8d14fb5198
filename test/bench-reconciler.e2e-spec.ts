import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

const run = promisify(execFile);

it('the bench of the reconciler measures a rebuild and a comparison, and what becomes of live traffic', async () => {
  const { stdout } = await run(process.execPath, [
    'dist/tools/bench-reconciler.js',
    '--rows',
    '1500',
    '--quiet-seconds',
    '1',
  ]);
  expect(stdout).toMatch(
    /all timers missing: [\d.]+ s for \d+ tasks; meanwhile \d+ events, in the ledger after \d+ ms/,
  );
  expect(stdout).toMatch(/nothing to compare: \d+ events/);
  expect(stdout).toMatch(/all timers right: [\d.]+ s for \d+ tasks/);
  expect(stdout).toMatch(/worker: \d+ MB resident when ready, \d+ MB at the most\nRedis: \d+ bytes a timer/);
});

it('the bench of the reconciler refuses what it cannot count', async () => {
  await expect(run(process.execPath, ['dist/tools/bench-reconciler.js', '--rows', 'many'])).rejects.toThrow(
    '--rows is "many", expected a whole number from 1',
  );
});
