import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { waitFor } from '@budget-buddy/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { isAlive, processesIn, processTree, startTimeOf, worksIn } from './process-table';

describe.runIf(process.platform === 'linux')('the process table', () => {
  let folder: string;
  beforeEach(() => {
    folder = realpathSync(mkdtempSync(join(tmpdir(), 'process-table-')));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('knows that a process is alive until it ends', async () => {
    const child = spawn('sleep', ['60']);
    const pid = child.pid as number;
    expect(isAlive(pid)).toBe(true);
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect(isAlive(pid)).toBe(false);
  });

  it('does not count a process that ended and was not collected', async () => {
    // The shell becomes a sleep, which does not know that it has a child to collect.
    const parent = spawn('sh', ['-c', 'sleep 0 & echo $!; exec sleep 60']);
    const [output] = (await once(parent.stdout, 'data')) as [Buffer];
    const child = Number(output.toString());
    await waitFor(() => !isAlive(child), { description: 'the child to end' });
    expect(startTimeOf(child)).toBeDefined();
    parent.kill('SIGKILL');
  });

  it('tells processes apart by their start', () => {
    expect(startTimeOf(process.pid)).toMatch(/^\d+$/);
    expect(startTimeOf(process.pid)).toBe(startTimeOf(process.pid));
    expect(startTimeOf(process.pid)).not.toBe(startTimeOf(1));
  });

  it('finds the processes that work in a folder, or below it, or did until it was removed', async () => {
    mkdirSync(join(folder, 'data'));
    mkdirSync(`${folder}-other`);
    const inside = spawn('sleep', ['60'], { cwd: join(folder, 'data') });
    const outside = spawn('sleep', ['60'], { cwd: `${folder}-other` });
    rmSync(join(folder, 'data'), { recursive: true });
    await waitFor(() => processesIn(folder).length > 0);
    expect(processesIn(folder)).toEqual([inside.pid]);
    expect(worksIn(outside.pid as number, folder)).toBe(false);
    inside.kill('SIGKILL');
    outside.kill('SIGKILL');
    rmSync(`${folder}-other`, { recursive: true });
  });

  it('finds all descendants, also those in groups of their own', async () => {
    const parent = spawn('sh', ['-c', 'setsid sleep 60 & echo $!; wait']);
    const [output] = (await once(parent.stdout, 'data')) as [Buffer];
    const child = Number(output.toString());
    expect(processTree(parent.pid as number)).toEqual([parent.pid, child]);
    process.kill(child, 'SIGKILL');
    await once(parent, 'exit');
  });
});
