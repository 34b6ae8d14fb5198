import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { constants } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import { waitFor } from '@budget-buddy/testing';
import { afterEach, describe, expect, it } from 'vitest';
import { isAlive, processesIn, processTree } from '../tools/servers/process-table';

/** RabbitMQ may take its time on a busy machine. */
const PATIENCE_MS = 90_000;
/** How long putting everything away may take: servers end in a second, apps have nothing to finish. */
const SOON_MS = 15_000;

/** `npm start` as a built process of its own, on throw-away servers. */
class StartProcess {
  private readonly child: ChildProcess;
  private readonly exited: Promise<unknown[]>;
  output = '';

  constructor() {
    const { BUDGETBUDDY_RABBITMQ_URL, BUDGETBUDDY_POSTGRES_URL, BUDGETBUDDY_REDIS_URL, ...env } = process.env;
    const ports = { BUDGETBUDDY_SCHEDULER_PORT: '0', BUDGETBUDDY_WORKER_PORT: '0', BUDGETBUDDY_DASHBOARD_PORT: '0' };
    this.child = spawn(process.execPath, ['dist/tools/start.js'], { env: { ...env, ...ports } });
    this.exited = once(this.child, 'exit');
    for (const stream of [this.child.stdout, this.child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => (this.output += text));
    }
  }

  /** It, what it started, and what that started. */
  get processes(): number[] {
    return processTree(this.child.pid!);
  }

  /** Where its servers have their data, once it has said so. */
  get folder(): string | undefined {
    return /with their data in (\S+)/.exec(this.output)?.[1];
  }

  async says(text: string | RegExp): Promise<void> {
    await waitFor(() => this.output.match(text), { timeoutMs: PATIENCE_MS, description: `"${String(text)}"` });
  }

  interrupt(): void {
    this.child.kill('SIGINT');
  }

  /** Leaves nothing of it, however far it came. */
  kill(): void {
    for (const pid of this.processes.filter(isAlive)) process.kill(pid, 'SIGKILL');
  }

  /** The exit code as a shell shows it, which also has a number for a process that died of a signal. */
  async exitCode(): Promise<number> {
    const [code, signal] = (await this.exited) as [number | null, NodeJS.Signals | null];
    return code ?? 128 + constants.signals[signal!];
  }
}

let started: StartProcess;
afterEach(async () => {
  started.kill();
  await started.exitCode();
});

const moments: [string, (run: StartProcess) => Promise<unknown>][] = [
  ['right after it was called', () => delay(200)],
  ['while servers start', (run) => run.says('Redis answers')],
  ['when the servers are ready', (run) => run.says('servers ready')],
  ['while the apps start', (run) => run.says(/^\w+ +\| /m)],
  ['when all is up', (run) => run.says('Ctrl-C ends all of it')],
];

describe('Ctrl-C ends npm start, and all that it started', () => {
  it.each(moments)('%s', async (_, moment) => {
    const run = (started = new StartProcess());
    await moment(run);
    const { processes } = run;
    const interruptedMs = performance.now();
    run.interrupt();
    expect(await run.exitCode(), run.output).toBe(130);
    expect(performance.now() - interruptedMs).toBeLessThan(SOON_MS);
    expect(processes.filter(isAlive)).toEqual([]);
    if (!run.folder) return;
    expect(processesIn(run.folder)).toEqual([]);
    expect(existsSync(run.folder)).toBe(false);
  });
});
