import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { waitFor } from '@budget-buddy/testing';
import { describe, expect, it } from 'vitest';
import { repositoryRoot } from '../repository-root';
import { startServers } from './index';
import { processesIn } from './process-table';

/** RabbitMQ may take its time on a busy machine. */
const TIMEOUT_MS = 120_000;

/** A process of its own that runs `npm run servers`, with all three servers. */
class ServersProcess {
  private output = '';
  private readonly child: ChildProcess;
  readonly exited: Promise<[number | null, NodeJS.Signals | null]>;

  constructor() {
    const { BUDGETBUDDY_RABBITMQ_URL, BUDGETBUDDY_POSTGRES_URL, BUDGETBUDDY_REDIS_URL, ...env } = process.env;
    const args = ['--require', './test/run-typescript.cjs', 'tools/servers/main.ts'];
    this.child = spawn(process.execPath, args, { cwd: repositoryRoot(), env });
    this.child.stdout?.on('data', (chunk: Buffer) => (this.output += chunk.toString()));
    this.child.stderr?.on('data', (chunk: Buffer) => (this.output += chunk.toString()));
    this.exited = once(this.child, 'exit') as Promise<[number | null, NodeJS.Signals | null]>;
  }

  async says(text: string | RegExp): Promise<void> {
    await waitFor(() => this.output.match(text), { timeoutMs: TIMEOUT_MS, description: `"${String(text)}"` });
  }

  get folder(): string {
    return /with their data in (\S+)/.exec(this.output)?.[1] ?? '';
  }

  kill(signal: NodeJS.Signals): void {
    this.child.kill(signal);
  }
}

describe('an interrupted run', { timeout: TIMEOUT_MS }, () => {
  it.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)('leaves nothing behind at %s', async (signal) => {
    const run = new ServersProcess();
    await run.says('Press Ctrl-C');
    await run.says(/export BUDGETBUDDY_REDIS_URL=redis:/);
    expect(processesIn(run.folder).length).toBeGreaterThan(4);
    run.kill(signal);
    expect(await run.exited).toEqual([null, signal]);
    expect(processesIn(run.folder)).toEqual([]);
    expect(existsSync(run.folder)).toBe(false);
  });

  it('leaves nothing behind while it starts', async () => {
    const run = new ServersProcess();
    await run.says('Redis answers');
    run.kill('SIGINT');
    expect(await run.exited).toEqual([null, 'SIGINT']);
    expect(processesIn(run.folder)).toEqual([]);
    expect(existsSync(run.folder)).toBe(false);
  });

  it.runIf(process.platform === 'linux')(
    'takes its servers with it when it is killed; the next start removes their data',
    async () => {
      const run = new ServersProcess();
      await run.says('Press Ctrl-C');
      const { folder } = run;
      run.kill('SIGKILL');
      await run.exited;
      await waitFor(() => processesIn(folder).length === 0, { description: 'the servers to end' });
      expect(existsSync(folder)).toBe(true);

      // The servers of these tests: nothing is started but the sweep.
      const said: string[] = [];
      await (await startServers({ onProgress: (line) => said.push(line) })).stop();
      expect(said).toContain(`removing what an earlier run left in ${folder}`);
      expect(existsSync(folder)).toBe(false);
    },
  );
});
