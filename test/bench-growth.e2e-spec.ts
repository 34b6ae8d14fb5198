import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

const run = promisify(execFile);

/** It keeps a core busy for a minute on a slow machine, and others run beside it. */
const LONGEST_MS = 300_000;

const WRITTEN = ['docs/growth.md', 'docs/growth.json'];

function written(): string[] {
  return WRITTEN.map((path) => (existsSync(path) ? readFileSync(path, 'utf8') : ''));
}

it(
  'the bench of growth measures sizes, plans, workers and schedulers, and writes nothing when it is quick',
  { timeout: LONGEST_MS },
  async () => {
    const before = written();
    const { stdout } = await run(process.execPath, ['dist/tools/bench-growth.js', '--quick']);
    expect(stdout).toMatch(/\[2\/6\] round 1, sizes, 3,000: events scheduled [\d,.]+\/s, late: p50/);
    expect(stdout).not.toContain('not measured');
    expect(stdout).toMatch(/Redis, a timer +\| – +\| [\d,]+ B/);
    expect(stdout).toMatch(/big tables are read along their indexes +\| 0 faults +\| \*\*reached\*\*/);
    expect(stdout).toMatch(/claim of a task by its key +\| 3,000 +\| [^|]*by task_pkey/);
    expect(stdout).toMatch(/renewals a second +\| 1 worker: 1, 2 workers: [\d.]+/);
    expect(written()).toEqual(before);
  },
);

it('the bench of growth refuses what it cannot count', async () => {
  await expect(run(process.execPath, ['dist/tools/bench-growth.js', '--sizes', 'many'])).rejects.toThrow(
    '--sizes has "many", expected whole numbers from 1 to 99999999',
  );
});
