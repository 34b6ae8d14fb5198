import { type AppName, AppProcess, type AppProcessOptions, type Exit } from './app-process';

/** What {@link AppGroup.start} needs to know. */
interface AppGroupOptions extends AppProcessOptions {
  /** Gives up starting. */
  signal?: AbortSignal;
  /** How long an app may take until it is ready; a minute without. */
  timeoutMs?: number;
}

/** The apps of one run of the whole system, started and ended together. */
export class AppGroup {
  private constructor(readonly apps: readonly AppProcess[]) {}

  /**
   * Starts the apps side by side and waits until all are ready. Leaves none behind when it throws.
   * @throws AppNotReadyError when one of them does not come up; the signal's reason, once all have ended.
   */
  static async start(names: readonly AppName[], { signal, timeoutMs, ...options }: AppGroupOptions): Promise<AppGroup> {
    signal?.throwIfAborted();
    const group = new AppGroup(names.map((name) => AppProcess.spawn(name, options)));
    try {
      await Promise.all(group.apps.map((app) => app.ready({ signal, timeoutMs })));
      return group;
    } catch (error) {
      await group.kill();
      throw error;
    }
  }

  /** Ends at once whatever still runs. */
  async kill(): Promise<void> {
    await Promise.all(this.apps.map((app) => app.kill()));
  }

  /** Ends all in good order. @returns how each of them ended. */
  async stop(): Promise<{ readonly app: AppProcess; readonly exit: Exit }[]> {
    return Promise.all(this.apps.map(async (app) => ({ app, exit: await app.stop() })));
  }
}
