import { createWriteStream, type WriteStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { type AppName, AppProcess, type Exit } from '../apps/app-process';
import { LogWatch } from './log-watch';

/** An exit that nobody asked for. */
export interface UnexpectedExit extends Exit {
  readonly app: string;
  readonly lastWords: string;
}

/** What all apps of a run share. */
export interface SupervisedAppOptions {
  readonly env: Readonly<Record<string, string>>;
  /** Where its log goes: a file that is named after it. */
  readonly logFolder: string;
}

const RESTART_AFTER_MS = 500;
const UP_WITHIN_MS = 60_000;
const LOOK_INTERVAL_MS = 50;

/** One place for an app in a run, and the process that is there now: started again whenever it ends, as in production. */
export class SupervisedApp {
  readonly log = new LogWatch();
  readonly unexpectedExits: UnexpectedExit[] = [];
  /** The most memory that any of its processes was resident with, in bytes. */
  peakMemory = 0;
  private readonly file: WriteStream;
  private process?: AppProcess;
  private wanted = false;

  /** @param name in the run, such as `worker-2`. */
  constructor(
    readonly role: AppName,
    readonly name: string,
    private readonly options: SupervisedAppOptions,
  ) {
    this.file = createWriteStream(join(options.logFolder, `${name}.log`), { flags: 'a' });
  }

  /** Where it answers; undefined while it is not up. */
  get address(): string | undefined {
    return this.process?.running ? this.process.address : undefined;
  }

  /** Spawns the process; does not wait for it. */
  start(): void {
    this.wanted = true;
    const process = AppProcess.spawn(this.role, { env: this.options.env, onLine: (line) => this.read(line) });
    this.process = process;
    this.file.write(`--- pid ${process.pid}\n`);
    void process.exited.then((exit) => this.exited(process, exit));
  }

  /** Resolves when its health endpoint is there, whatever it says of the servers. @throws Error when it takes too long. */
  async up(signal: AbortSignal): Promise<void> {
    const deadline = performance.now() + UP_WITHIN_MS;
    while (!this.address) {
      if (performance.now() > deadline) throw new Error(`${this.name} is not up after ${UP_WITHIN_MS} ms`);
      await delay(LOOK_INTERVAL_MS, undefined, { signal });
    }
  }

  /** Resolves when its health says that all is well. */
  async ready(signal: AbortSignal): Promise<void> {
    await this.process?.ready({ signal });
  }

  /** Ends it as a power cut would; it stays away until it is started. */
  async kill(): Promise<void> {
    this.wanted = false;
    await this.measureMemory();
    await this.process?.kill();
  }

  freeze(): void {
    this.process?.signal('SIGSTOP');
  }

  thaw(): void {
    this.process?.signal('SIGCONT');
  }

  /** Ends it in good order. @returns how it ended. */
  async stop(): Promise<Exit | undefined> {
    this.wanted = false;
    await this.measureMemory();
    return this.process?.stop();
  }

  /** Takes note of the memory the process has used at most so far. */
  async measureMemory(): Promise<void> {
    this.peakMemory = Math.max(this.peakMemory, await this.memory('VmHWM'));
  }

  /** What the process is resident with just now (or was at most), in bytes; 0 when there is none. */
  async memory(which: 'VmRSS' | 'VmHWM' = 'VmRSS'): Promise<number> {
    if (!this.process?.running) return 0;
    const status = await readFile(`/proc/${this.process.pid}/status`, 'utf8').catch(() => '');
    const [, kilobytes = 0] = new RegExp(`^${which}:\\s+(\\d+) kB$`, 'm').exec(status) ?? [];
    return Number(kilobytes) * 1024;
  }

  async close(): Promise<void> {
    await this.kill();
    await new Promise<void>((resolve) => this.file.end(() => resolve()));
  }

  private exited(process: AppProcess, exit: Exit): void {
    if (!this.wanted || process !== this.process) return;
    this.unexpectedExits.push({ ...exit, app: this.name, lastWords: process.tail() });
    setTimeout(() => this.wanted && this.start(), RESTART_AFTER_MS);
  }

  private read(line: string): void {
    this.file.write(`${line}\n`);
    this.log.read(line);
  }
}
