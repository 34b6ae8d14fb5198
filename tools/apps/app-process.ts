import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { repositoryRoot } from '../repository-root';

export type AppName = 'scheduler' | 'worker' | 'dashboard';

export interface AppProcessOptions {
  /** Beyond this process's own environment. */
  env: Readonly<Record<string, string>>;
  /** Told of each line the app prints. The last ones are kept for {@link AppProcess.tail} anyway. */
  onLine?: (line: string, app: AppProcess) => void;
  /** Another program than the app's own that is to take its place; seen from `dist`. */
  main?: string;
  /** For Node itself. */
  nodeArguments?: readonly string[];
}

export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** An app did not come up. */
export class AppNotReadyError extends Error {
  override readonly name = 'AppNotReadyError';

  constructor(
    readonly app: AppProcess,
    why: string,
  ) {
    super(`${app.name} (pid ${app.pid}) is not ready: ${why}. Its last lines:\n${app.tail()}`);
  }
}

/** The apps that run. However this process ends, it leaves none behind: they are in groups of their own. */
const running = new Set<ChildProcess>();
process.once('exit', () => running.forEach((child) => child.kill('SIGKILL')));

function endWithThisProcess(child: ChildProcess): void {
  running.add(child);
  child.once('exit', () => running.delete(child));
}

/** What the Dockerfile gives to the Node of scheduler and worker; it says why. */
export const NODE_ARGUMENTS = [
  '--enable-source-maps',
  '--max-semi-space-size=32',
  '--no-parallel-scavenge',
  '--v8-pool-size=1',
  '--no-allocation-site-pretenuring',
  '--compact-on-every-full-gc',
  '--max-inlined-bytecode-size-cumulative=250',
];

const KEPT_LINES = 60;
const UP = /its health on (http:\/\/\S+)\/health\/ready/;

/** A built app as a process of its own, as in production. */
export class AppProcess {
  private readonly lines: string[] = [];
  private url: string | undefined;
  private ended: Exit | undefined;
  readonly exited: Promise<Exit>;

  private constructor(
    readonly name: AppName,
    private readonly child: ChildProcess,
    private readonly onLine: AppProcessOptions['onLine'],
  ) {
    const exit = once(child, 'exit') as Promise<[number | null, NodeJS.Signals | null]>;
    this.exited = exit.then(([code, signal]) => (this.ended = { code, signal }));
    for (const stream of [child.stdout!, child.stderr!]) {
      createInterface({ input: stream }).on('line', (line) => this.read(line));
    }
  }

  /** Spawns the app; does not wait for it. */
  static spawn(name: AppName, { env, onLine, nodeArguments = [], ...options }: AppProcessOptions): AppProcess {
    const root = repositoryRoot();
    const main = join(root, 'dist', options.main ?? `apps/${name}/src/main.js`);
    if (!existsSync(main)) throw new Error(`${main} is not there: run \`npm run build\` first`);
    const child = spawn(process.execPath, [...NODE_ARGUMENTS, ...nodeArguments, main], {
      cwd: root,
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
      // A group of its own: Ctrl-C reaches whoever started it, and that one decides in which order all end.
      detached: true,
    });
    endWithThisProcess(child);
    return new AppProcess(name, child, onLine);
  }

  get pid(): number {
    return this.child.pid!;
  }

  get running(): boolean {
    return this.ended === undefined;
  }

  /** Where it answers; known once it is up. */
  get address(): string | undefined {
    return this.url;
  }

  tail(): string {
    return this.lines.map((line) => `  ${line}`).join('\n');
  }

  /**
   * Waits until its health says that all it depends on is there.
   * @throws AppNotReadyError when it ends instead, or takes longer; the signal's reason, at once.
   */
  async ready({ timeoutMs = 60_000, signal }: { timeoutMs?: number; signal?: AbortSignal } = {}): Promise<this> {
    const deadline = performance.now() + timeoutMs;
    while (performance.now() < deadline) {
      signal?.throwIfAborted();
      if (this.ended) throw new AppNotReadyError(this, `it ended with ${this.ended.signal ?? this.ended.code}`);
      if (await this.healthy(signal)) return this;
      await delay(50);
    }
    throw new AppNotReadyError(this, `waited ${timeoutMs} ms`);
  }

  /** Asks it to end, and waits until it has. */
  async stop(): Promise<Exit> {
    this.signal('SIGTERM');
    return this.exited;
  }

  /** Ends it as a power cut would. */
  async kill(): Promise<Exit> {
    this.signal('SIGKILL');
    return this.exited;
  }

  signal(signal: NodeJS.Signals): void {
    if (this.running) this.child.kill(signal);
  }

  private async healthy(signal?: AbortSignal): Promise<boolean> {
    if (!this.url) return false;
    return fetch(`${this.url}/health/ready`, { signal }).then(
      (response) => response.ok,
      () => false,
    );
  }

  private read(line: string): void {
    this.lines.push(line);
    if (this.lines.length > KEPT_LINES) this.lines.shift();
    this.url ??= UP.exec(line)?.[1];
    this.onLine?.(line, this);
  }
}
