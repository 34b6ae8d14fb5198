import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

/** What a program of `raw/parts` tells its parent. */
export interface RawMessage {
  /** It is ready to be measured. */
  readonly ready?: true;
  /** How much it has done so far. */
  readonly count?: number;
  /** What it has measured itself, by the figures' names; it ends then. */
  readonly sample?: Readonly<Record<string, number>>;
}

const running = new Set<ChildProcess>();
process.once('exit', () => running.forEach((child) => child.kill('SIGKILL')));

/** One of the parts this system is made of, at work alone in a process of its own. */
export class RawProcess {
  private latest: RawMessage = {};
  private readonly exited: Promise<number | NodeJS.Signals | null>;

  private constructor(private readonly child: ChildProcess) {
    running.add(child);
    const exit = once(child, 'exit') as Promise<[number | null, NodeJS.Signals | null]>;
    this.exited = exit.then(([code, signal]) => {
      running.delete(child);
      return signal ?? code;
    });
    child.on('message', (message: RawMessage) => (this.latest = { ...this.latest, ...message }));
  }

  /** @param settings what the part reads with {@link settings}. */
  static start(part: string, settings: object, env: Readonly<Record<string, string>>): RawProcess {
    const program = join(__dirname, 'parts', `${part}.js`);
    return new RawProcess(
      fork(program, [JSON.stringify(settings)], {
        env: { ...process.env, ...env },
        stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
      }),
    );
  }

  get pid(): number {
    return this.child.pid!;
  }

  get count(): number {
    return this.latest.count ?? 0;
  }

  async ready(): Promise<void> {
    await this.tells(() => this.latest.ready);
  }

  /** What it has measured. */
  async sample(): Promise<Readonly<Record<string, number>>> {
    return this.tells(() => this.latest.sample);
  }

  signal(signal: NodeJS.Signals): void {
    this.child.kill(signal);
  }

  async kill(): Promise<void> {
    this.signal('SIGKILL');
    await this.exited;
  }

  private async tells<T>(what: () => T | undefined): Promise<T> {
    const ended = this.exited.then((how) => {
      throw new Error(`${this.child.spawnargs.slice(1).join(' ')} ended with ${how}`);
    });
    ended.catch(() => undefined);
    for (;;) {
      const told = what();
      if (told !== undefined) return told;
      await Promise.race([once(this.child, 'message'), ended]);
    }
  }
}
