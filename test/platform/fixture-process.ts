import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { waitFor } from '@budget-buddy/testing';

/** The answer of a health endpoint. */
export interface Health {
  code: number;
  details: Record<string, { status: 'up' | 'down'; reason?: string }>;
}

/** fixture-app.ts, or another app of a test, as a process of its own. */
export class FixtureProcess {
  private readonly child: ChildProcess;
  private readonly exited: Promise<unknown[]>;
  output = '';

  constructor(env: Record<string, string> = {}, file = './test/platform/fixture-app.ts') {
    this.child = spawn(process.execPath, ['--require', './test/run-typescript.cjs', file], {
      env: { ...process.env, BUDGETBUDDY_LOG_FORMAT: 'json', ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.exited = once(this.child, 'exit');
    for (const stream of [this.child.stdout, this.child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => (this.output += text));
    }
  }

  get pid(): number | undefined {
    return this.child.pid;
  }

  /** Resolves when the process has said so. */
  async says(text: string): Promise<void> {
    const description = `the process to say "${text}"`;
    await waitFor(() => this.output.includes(text), { description }).catch((error: Error) => {
      throw new Error(`${error.message}; it said:\n${this.output}`);
    });
  }

  signal(signal: NodeJS.Signals): void {
    this.child.kill(signal);
  }

  /** The exit code, or the signal the process died of. */
  async exit(): Promise<number | NodeJS.Signals> {
    const [code, signal] = (await this.exited) as [number | null, NodeJS.Signals | null];
    return code ?? signal ?? -1;
  }

  async health(endpoint: 'live' | 'ready'): Promise<Health> {
    const [, address] = /its health on (http:\/\/[\d.:]+)/.exec(this.output) ?? [];
    const response = await fetch(`${address}/health/${endpoint}`);
    const body = (await response.json()) as Pick<Health, 'details'>;
    return { code: response.status, details: body.details };
  }

  /** Ends it, however it is. */
  async end(): Promise<void> {
    this.child.kill('SIGKILL');
    await this.exited;
  }
}
