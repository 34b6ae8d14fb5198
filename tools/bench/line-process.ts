import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

/** A program of another language, spoken with in lines. */
export interface LineProgram {
  file: string;
  args: readonly string[];
  cwd: string;
  env: Readonly<Record<string, string>>;
}

const KEPT_LINES = 30;

/** However this process ends, it leaves none behind, nor their children: each has a group of its own. */
const running = new Set<LineProcess>();
process.once('exit', () => running.forEach((each) => each.signal('SIGKILL')));

/** A child process with a group of its own. */
export class LineProcess {
  private readonly lines: string[] = [];
  private readonly listeners = new Set<(line: string) => void>();
  private ended = false;
  readonly exited: Promise<unknown>;

  private constructor(private readonly child: ChildProcess) {
    running.add(this);
    this.exited = once(child, 'exit').then(() => {
      this.ended = true;
      running.delete(this);
    });
    for (const stream of [child.stdout!, child.stderr!]) {
      createInterface({ input: stream }).on('line', (line) => this.read(line));
    }
  }

  static start({ file, args, cwd, env }: LineProgram): LineProcess {
    const child = spawn(file, args, { cwd, env: { ...process.env, ...env }, stdio: 'pipe', detached: true });
    return new LineProcess(child);
  }

  get pid(): number {
    return this.child.pid!;
  }

  /** Resolves when it says exactly this. @throws Error with its last lines when it ends instead. */
  async says(line: string): Promise<void> {
    let listener = (_: string): void => undefined;
    const said = new Promise<void>((resolve) => (listener = (heard) => heard === line && resolve()));
    this.listeners.add(listener);
    const end = this.exited.then(() => {
      throw new Error(`${this.child.spawnargs.join(' ')} ended before it said ${line}:\n${this.lines.join('\n')}`);
    });
    try {
      if (!this.lines.includes(line)) await Promise.race([said, end]);
    } finally {
      end.catch(() => undefined);
      this.listeners.delete(listener);
    }
  }

  /** Sends a line, and resolves when it says `answer`. */
  async ask(line: string, answer: string): Promise<void> {
    const answered = this.says(answer);
    this.child.stdin!.write(`${line}\n`);
    await answered;
  }

  /** Signals it and its children. */
  signal(signal: NodeJS.Signals): void {
    if (this.ended) return;
    try {
      process.kill(-this.pid, signal);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
    }
  }

  /** Ends it and its children as a power cut would. */
  async kill(): Promise<void> {
    this.signal('SIGKILL');
    await this.exited;
  }

  private read(line: string): void {
    this.lines.push(line);
    if (this.lines.length > KEPT_LINES) this.lines.shift();
    for (const listener of this.listeners) listener(line);
  }
}
