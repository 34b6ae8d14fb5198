import { describeError } from '@budget-buddy/platform';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort, isPortFree } from './free-port';
import type { OwnedProcess } from './owned-process';
import type { Run } from './run';
import { type Server, type ServerKind, serverNames } from './server';
import type { ProgramContext, ServerProgram, Step } from './server-program';

/** How long a server may take to start, in ms: RabbitMQ on a slow and busy machine. */
const START_TIMEOUT_MS = 120_000;
/** How often a server is asked whether it is ready, in ms. */
const POLL_INTERVAL_MS = 50;
/** How long one look may take, in ms: a handshake that is never answered must not keep a start from its next look. */
const LOOK_TIMEOUT_MS = 5_000;
/** How often other ports are tried when somebody took ours in between. */
const MAX_PORT_ATTEMPTS = 5;
/** How long a server may take for an orderly end, in ms. */
const STOP_TIMEOUT_MS = 30_000;

/** A server did not start. */
export class ServerStartError extends Error {
  constructor(
    readonly kind: ServerKind,
    readonly reason: string,
    /** The end of what it wrote. */
    readonly lastWords: string,
  ) {
    super(`${serverNames[kind].title} did not start: ${reason}. The last it said:\n${lastWords}`);
  }
}

/** What all servers of one run share. */
export interface PrivateServerOptions {
  run: Run;
  account: ProgramContext['account'];
  /** Gives up a start. */
  signal: AbortSignal;
}

/** A throw-away server from installed binaries, on loopback ports of its own. */
export class PrivateServer implements Server {
  readonly ours = true;
  private processes: OwnedProcess[] = [];

  private constructor(
    private readonly program: ServerProgram,
    private readonly options: PrivateServerOptions,
    private readonly context: ProgramContext,
  ) {}

  /**
   * @param name of its folder, where a run has several servers of one kind.
   * @throws ServerStartError, or the signal's reason.
   */
  static async start(
    program: ServerProgram,
    options: PrivateServerOptions,
    name: string = program.kind,
  ): Promise<PrivateServer> {
    const folder = join(options.run.folder, name);
    await mkdir(folder);
    const context: ProgramContext = { folder, ports: [], account: options.account };
    const server = new PrivateServer(program, options, context);
    await server.setUp();
    await server.startOnFreePorts();
    return server;
  }

  get kind(): ServerKind {
    return this.program.kind;
  }

  get url(): string {
    return this.program.url(this.context.ports);
  }

  get pid(): number | undefined {
    return this.processes.at(-1)?.pid;
  }

  async kill(signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    await this.processes.at(-1)?.end(signal, STOP_TIMEOUT_MS);
  }

  async start(): Promise<void> {
    const deadline = performance.now() + STOP_TIMEOUT_MS;
    for (;;) {
      try {
        return await this.launch();
      } catch (error) {
        // Children of a killed PostgreSQL hold on to its data until they notice.
        if (!(error instanceof ServerStartError) || performance.now() > deadline) throw error;
        await sleep(100);
      }
    }
  }

  async restart(): Promise<void> {
    await this.kill(this.program.stopSignal);
    await this.start();
  }

  async pause(): Promise<void> {
    this.processes.at(-1)?.pause();
  }

  async resume(): Promise<void> {
    this.processes.at(-1)?.resume();
  }

  private async setUp(): Promise<void> {
    const command = await this.program.setUp(this.context);
    if (!command) return;
    const process = this.options.run.spawn(command);
    const ending = await process.exited;
    this.options.signal.throwIfAborted();
    if (ending !== 'exit code 0')
      throw new ServerStartError(this.kind, `${command.file}: ${ending}`, process.lastWords);
  }

  private async startOnFreePorts(): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      this.context.ports = await Promise.all(Array.from({ length: this.program.portCount }, freePort));
      try {
        return await this.launch();
      } catch (error) {
        await Promise.all(this.processes.map((process) => process.end()));
        const free = await Promise.all(this.context.ports.map(isPortFree));
        if (free.every(Boolean) || attempt === MAX_PORT_ATTEMPTS) throw error;
      }
    }
  }

  /** Starts what does not run (any more), in order. */
  private async launch(): Promise<void> {
    const steps = await this.program.steps(this.context, () => this.pid);
    const before = this.processes;
    this.processes = [];
    for (const [index, step] of steps.entries()) {
      const running = before[index]?.running ? before[index] : undefined;
      const process = running ?? this.options.run.spawn(step.command);
      this.processes.push(process);
      await this.ready(step, process);
    }
  }

  private async ready({ check, command }: Step, process: OwnedProcess): Promise<void> {
    const deadline = performance.now() + START_TIMEOUT_MS;
    for (;;) {
      const answer = check().then(
        () => undefined,
        (error: unknown) => error,
      );
      // Somebody else who listens there may keep us waiting.
      const late = sleep(LOOK_TIMEOUT_MS, `nothing within ${LOOK_TIMEOUT_MS} ms`, { ref: false });
      const failure = await Promise.race([answer, process.exited, late]);
      this.options.signal.throwIfAborted();
      if (!process.running) {
        throw new ServerStartError(this.kind, `${command.file}: ${await process.exited}`, process.lastWords);
      }
      if (!failure) return;
      if (performance.now() > deadline) {
        throw new ServerStartError(
          this.kind,
          `no answer in ${START_TIMEOUT_MS} ms (${describeError(failure)})`,
          process.lastWords,
        );
      }
      await sleep(POLL_INTERVAL_MS);
    }
  }
}
