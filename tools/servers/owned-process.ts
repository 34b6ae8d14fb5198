import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import type { Account } from './account';
import { isAlive, processTree } from './process-table';

/** A process to run. */
export interface Command {
  file: string;
  args: string[];
  /** The folder it works in: by it the process is recognised later, see {@link sweepStaleRuns}. */
  folder: string;
  /** Everything it gets to know of the environment; PATH is added. */
  env?: Record<string, string>;
  account?: Account;
  /** The fastest way to end it that leaves nothing of it behind. */
  endSignal: NodeJS.Signals;
  /** The file that collects its output. */
  log: string;
}

/** Where programs of the system are, also for users whose PATH does not say so. */
export const searchPath = [
  ...new Set([...(process.env['PATH'] ?? '').split(':'), '/usr/local/sbin', '/usr/sbin', '/sbin', '/usr/bin', '/bin']),
].filter((folder) => folder !== '');

/** A child process that ends with this one, however this one ends (on Linux; elsewhere the next start sees to it). */
export class OwnedProcess {
  /** How it ended, in words. Never rejects. */
  readonly exited: Promise<string>;
  private ending?: string;
  private paused = false;

  private constructor(
    private readonly child: ChildProcess,
    readonly command: Command,
  ) {
    this.exited = new Promise((resolve) => {
      const end = (how: string) => {
        this.ending = how;
        resolve(how);
      };
      child.once('error', (error) => end(error.message));
      child.once('exit', (code, signal) => end(signal ? `ended by ${signal}` : `exit code ${code}`));
    });
  }

  static start(command: Command): OwnedProcess {
    const [file, ...args] = endedWithParent(command);
    const log = openSync(command.log, 'a');
    try {
      const child = spawn(file, args, {
        cwd: command.folder,
        env: { LANG: 'C.UTF-8', ...command.env, PATH: searchPath.join(':') },
        uid: command.account?.uid,
        gid: command.account?.gid,
        // A group of its own: Ctrl-C must reach the servers only after those who use them.
        detached: true,
        stdio: ['ignore', log, log],
      });
      return new OwnedProcess(child, command);
    } finally {
      closeSync(log);
    }
  }

  get pid(): number | undefined {
    return this.child.pid;
  }

  get running(): boolean {
    return this.ending === undefined;
  }

  /** The last lines it wrote, to tell why it ended. */
  get lastWords(): string {
    return readFileSync(this.command.log, 'utf8').trimEnd().split('\n').slice(-15).join('\n');
  }

  /** Ends it and resolves once it is gone, with SIGKILL when it takes longer than `patienceMs`. */
  async end(signal = this.command.endSignal, patienceMs = 10_000): Promise<void> {
    this.signalGroup(signal);
    const impatience = setTimeout(() => this.signalGroup('SIGKILL'), patienceMs);
    await this.exited;
    clearTimeout(impatience);
  }

  /** {@link end} for the last moment of this process, when nothing asynchronous happens any more. */
  endNow(patienceMs = 3_000): void {
    if (!this.running || this.pid === undefined) return;
    this.signalGroup(this.command.endSignal);
    const deadline = performance.now() + patienceMs;
    while (isAlive(this.pid) && performance.now() < deadline) pauseThread(5);
    this.signalGroup('SIGKILL');
  }

  /** Freezes the process and all its descendants, also those that made groups of their own. */
  pause(): void {
    this.paused = true;
    this.signalTree('SIGSTOP');
  }

  resume(): void {
    this.paused = false;
    this.signalTree('SIGCONT');
  }

  private signalTree(signal: NodeJS.Signals): void {
    if (!this.running || this.pid === undefined) return;
    for (const pid of processTree(this.pid)) ignoringMissing(() => process.kill(pid, signal));
  }

  private signalGroup(signal: NodeJS.Signals): void {
    const { pid } = this;
    if (!this.running || pid === undefined) return;
    ignoringMissing(() => process.kill(-pid, signal));
    // What is frozen takes no signal but SIGKILL.
    if (this.paused) this.resume();
  }
}

let canEndWithParent: boolean | undefined;

/** Linux can signal a process when its parent dies: setpriv (util-linux) asks for it and then becomes the program. */
function endedWithParent({ file, args, endSignal }: Command): [string, ...string[]] {
  canEndWithParent ??= spawnSync('setpriv', ['--pdeathsig', 'KILL', 'true'], { stdio: 'ignore' }).status === 0;
  if (!canEndWithParent) return [file, ...args];
  return ['setpriv', '--pdeathsig', endSignal.replace('SIG', ''), '--', file, ...args];
}

function ignoringMissing(action: () => void): void {
  try {
    action();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

function pauseThread(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}
