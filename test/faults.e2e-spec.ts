import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { isAlive, processTree } from '../tools/servers/process-table';

/** A short run; on a machine that is busy with other tests, on time is a matter of what those leave. */
const SHORT = ['--budgets', '250', '--minutes', '0.6', '--on-time', '10'];

function faults(...words: string[]) {
  return spawn(process.execPath, ['dist/tools/faults.js', ...words], { stdio: ['ignore', 'pipe', 'inherit'] });
}

it('a short run of all kinds of faults loses nothing and does nothing twice', { timeout: 180_000 }, async () => {
  const run = faults(...SHORT);
  const [output, [code]] = await Promise.all([text(run.stdout), once(run, 'exit')]);
  process.stdout.write(output.slice(output.indexOf('\n  seed')));
  expect(output).toContain('Nothing lost, nothing twice.');
  expect(code).toBe(0);
});

it('interrupted in the middle of the faults, it leaves nothing behind', async () => {
  const run = faults(...SHORT, '--seed', '1');
  const exited = once(run, 'exit');
  let output = '';
  run.stdout.setEncoding('utf8').on('data', (part: string) => (output += part));
  while (!/freeze /.test(output)) await delay(10);
  const processes = processTree(run.pid!);
  expect(processes.length).toBeGreaterThan(5);
  run.kill('SIGINT');
  const [code] = (await exited) as [number | null];
  expect(code, output).toBe(130);
  expect(processes.filter(isAlive)).toEqual([]);
  expect(existsSync(/logs in (\S+)/.exec(output)![1]!)).toBe(false);
});
