import { type Endable, endWithProcess } from './end-with-process';
import { findConfiguredServers } from './configured-servers';
import { type Progress, stopwatch } from './progress';
import type { Run } from './run';
import { type Server, type ServerKind, serverKinds, serverNames } from './server';
import { provideServers, type Source, sources as allSources } from './sources';
import { sweepStaleRuns } from './stale-runs';

/** What {@link startServers} may be told. */
export interface StartServersOptions {
  /** Is told what happens; by default it goes to stderr. */
  onProgress?: Progress;
  /** Where configured URLs are looked for; by default the environment of this process. */
  env?: NodeJS.ProcessEnv;
  /** Where servers may come from when no URL is configured, in the order in which they are tried. */
  sources?: readonly Source[];
  /**
   * Whether SIGINT, SIGTERM and SIGHUP stop the servers and then this process (the default). Who has more to stop
   * says no, and calls {@link Servers.stop} himself; at the exit of the process nothing stays in any case.
   */
  handleSignals?: boolean;
  /** Gives up starting; what was started is stopped. */
  signal?: AbortSignal;
}

/** The three servers of a run. */
export interface Servers extends Record<ServerKind, Server> {
  /** The variables by which the apps, the tools and the tests find the servers. */
  readonly env: Readonly<Record<string, string>>;
  /** Ends what this run started and removes its data. May be called again. */
  stop(): Promise<void>;
}

/**
 * Gives a run its RabbitMQ, Redis and PostgreSQL: those that the environment names, or else private ones that
 * nobody else meets and that leave nothing behind.
 * @throws ConfiguredServersUnreachableError when a named one does not answer; NoServersError when there is no way to
 * get private ones; ServerStartError when one does not start (then none runs); the signal's reason.
 */
export async function startServers(options: StartServersOptions = {}): Promise<Servers> {
  return new Start(options).servers();
}

/** One call of {@link startServers}: what it started so far, and how to get rid of it. */
class Start implements Endable {
  private readonly stopping = new AbortController();
  private readonly progress: Progress;
  private readonly release: () => void;
  private starting?: Promise<unknown>;
  private stopped?: Promise<void>;
  private run?: Run;

  constructor(private readonly options: StartServersOptions) {
    this.progress = options.onProgress ?? ((line) => process.stderr.write(`${line}\n`));
    this.release = endWithProcess(this, options.handleSignals ?? true);
  }

  async servers(): Promise<Servers> {
    const onAbort = () => this.stopping.abort(this.options.signal?.reason);
    this.options.signal?.addEventListener('abort', onAbort);
    try {
      this.options.signal?.throwIfAborted();
      const starting = this.start();
      this.starting = starting;
      return serversOf(await starting, () => this.stop());
    } catch (error) {
      this.starting = undefined;
      await this.stop();
      throw error;
    } finally {
      this.options.signal?.removeEventListener('abort', onAbort);
    }
  }

  stop(): Promise<void> {
    this.stopped ??= this.stopAll();
    return this.stopped;
  }

  stopNow(): void {
    this.run?.endNow();
  }

  private async start(): Promise<Server[]> {
    const took = stopwatch();
    await sweepStaleRuns(this.progress);
    const configured = await findConfiguredServers(this.options.env ?? process.env);
    for (const { kind } of configured)
      this.progress(`${serverNames[kind].title}: as ${serverNames[kind].variable} says`);
    const missing = serverKinds.filter((kind) => !configured.some((server) => server.kind === kind));
    if (missing.length === 0) return configured;
    const provided = await provideServers(missing, this.options.sources ?? allSources, {
      progress: this.progress,
      signal: this.stopping.signal,
      onRun: (run) => (this.run = run),
    });
    this.progress(`servers ready after ${took()}`);
    return [...configured, ...provided];
  }

  private async stopAll(): Promise<void> {
    const took = stopwatch();
    this.stopping.abort(new Error('The servers were stopped'));
    await this.starting?.catch(() => {});
    await this.run?.end();
    this.release();
    if (this.run) this.progress(`servers stopped and their data removed after ${took()}`);
  }
}

function serversOf(all: Server[], stop: () => Promise<void>): Servers {
  const byKind = Object.fromEntries(all.map((server) => [server.kind, server])) as Record<ServerKind, Server>;
  const env = Object.fromEntries(all.map(({ kind, url }) => [serverNames[kind].variable, url]));
  return { ...byKind, env, stop };
}
