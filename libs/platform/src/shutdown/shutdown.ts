import { type BeforeApplicationShutdown, Injectable, Logger } from '@nestjs/common';

/**
 * The order in which a process lets go: it takes nothing new, then what runs may end, then what that produced
 * leaves the process. Connections are closed after the last phase.
 */
export const SHUTDOWN_PHASES = ['stop-intake', 'finish-work', 'flush'] as const;

/** One of {@link SHUTDOWN_PHASES}. */
export type ShutdownPhase = (typeof SHUTDOWN_PHASES)[number];

interface ShutdownAction {
  phase: ShutdownPhase;
  name: string;
  action: () => Promise<void>;
}

/** What has to be done before the process may end; runs when the application is closed, by a signal or by a test. */
@Injectable()
export class Shutdown implements BeforeApplicationShutdown {
  private readonly logger = new Logger(Shutdown.name);
  private readonly actions: ShutdownAction[] = [];
  private readonly unfinished = new Set<string>();
  private begun = false;

  /**
   * Has `action` run in a phase, side by side with the others of that phase. One that fails is logged and holds up
   * nothing: what it left undone must be found by others (redelivery, stall recovery, the outbox).
   */
  on(phase: ShutdownPhase, name: string, action: () => Promise<void>): void {
    this.actions.push({ phase, name, action });
  }

  /** From here on the process is on its way out: readiness says so before the first phase runs. */
  begin(): void {
    this.begun = true;
  }

  get hasBegun(): boolean {
    return this.begun;
  }

  /** The actions that were started and have not ended, as `phase: name`. */
  get stillRunning(): readonly string[] {
    return [...this.unfinished];
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.begin();
    for (const phase of SHUTDOWN_PHASES) {
      const actions = this.actions.filter((action) => action.phase === phase);
      if (actions.length === 0) continue;
      this.logger.log(`Shutting down, ${phase}: ${actions.map(({ name }) => name).join(', ')}`);
      await Promise.all(actions.map((action) => this.run(action)));
    }
  }

  private async run({ phase, name, action }: ShutdownAction): Promise<void> {
    const label = `${phase}: ${name}`;
    const startedMs = performance.now();
    this.unfinished.add(label);
    try {
      await action();
      this.logger.debug(`Shutting down, ${label} done in ${Math.round(performance.now() - startedMs)} ms`);
    } catch (error) {
      this.logger.error({ err: error }, `Shutting down, ${label} failed`);
    } finally {
      this.unfinished.delete(label);
    }
  }
}
