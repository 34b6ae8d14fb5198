import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { waitFor } from '@budget-buddy/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { repositoryRoot } from '../repository-root';
import { type Command, OwnedProcess } from './owned-process';
import { isAlive, processesIn } from './process-table';

describe('an owned process', () => {
  let folder: string;
  beforeEach(() => {
    folder = realpathSync(mkdtempSync(join(tmpdir(), 'owned-process-')));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const sh = (script: string): Command => ({
    file: 'sh',
    args: ['-c', script],
    folder,
    endSignal: 'SIGTERM',
    log: join(folder, 'log'),
  });

  /** A shell with a child, once `ready` is written: by the child, for one that is not exec'ed yet would outlive a signal. */
  const parentAndChild = () => sh(`trap "exit 7" TERM; sh -c 'echo ready; exec sleep 60' & wait`);

  it('works in its folder and writes to its log', async () => {
    const started = OwnedProcess.start(sh('pwd; echo trouble >&2; exit 3'));
    expect(await started.exited).toBe('exit code 3');
    expect(started.running).toBe(false);
    expect(started.lastWords).toBe(`${folder}\ntrouble`);
  });

  it('tells when there is no such program', async () => {
    const started = OwnedProcess.start({ ...sh(''), file: '/nowhere/server' });
    await started.exited;
    expect(started.running).toBe(false);
    await started.end();
  });

  it('sees nothing of the environment but PATH and what it is given', async () => {
    process.env['PGPORT'] = '5432';
    const started = OwnedProcess.start({ ...sh('env'), env: { HOME: folder } });
    await started.exited;
    delete process.env['PGPORT'];
    expect(started.lastWords).toContain(`HOME=${folder}`);
    expect(started.lastWords).not.toContain('PGPORT');
  });

  it('ends by the signal that suits it, and all of its group with it', async () => {
    const started = OwnedProcess.start(parentAndChild());
    await waitFor(() => started.lastWords === 'ready');
    await started.end();
    expect(await started.exited).toBe('exit code 7');
    await waitFor(() => processesIn(folder).length === 0);
  });

  it('is killed when it does not end in time', async () => {
    const started = OwnedProcess.start(sh('trap "" TERM; echo ready; sleep 60'));
    await waitFor(() => started.lastWords === 'ready');
    await started.end('SIGTERM', 50);
    expect(await started.exited).toBe('ended by SIGKILL');
  });

  it('ends at once in the last moment of this process', async () => {
    const started = OwnedProcess.start(sh('echo ready; sleep 60'));
    await waitFor(() => started.lastWords === 'ready');
    started.endNow();
    expect(isAlive(started.pid as number)).toBe(false);
    await started.exited;
  });

  it('can be ended while it is frozen', async () => {
    const started = OwnedProcess.start(parentAndChild());
    await waitFor(() => started.lastWords === 'ready');
    started.pause();
    await started.end();
    expect(await started.exited).toBe('exit code 7');
  });

  it.runIf(process.platform === 'linux')('ends with its parent, even if that is killed', async () => {
    const root = repositoryRoot();
    const script =
      `require('${root}/tools/servers/owned-process.ts').OwnedProcess.start(${JSON.stringify(sh('exec sleep 60'))});` +
      'setInterval(() => {}, 1000)';
    const parent = spawn(process.execPath, ['--require', join(root, 'test', 'run-typescript.cjs'), '-e', script]);
    await waitFor(() => processesIn(folder).length > 0, { description: 'the process to start' });
    parent.kill('SIGKILL');
    await once(parent, 'exit');
    await waitFor(() => processesIn(folder).length === 0, { description: 'the process to end' });
  });
});
