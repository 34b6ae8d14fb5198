/**
 * The timers by which Bull keeps the locks of running jobs. Its own keep them by random ids and count all of them (with
 * lodash, through their names) each time that one ends: with 200 running jobs a tenth of what a job costs.
 */
export class LockTimers {
  private readonly running = new Set<NodeJS.Timeout>();
  private readonly onIdle: (() => void)[] = [];

  /** Calls `work` once, in `delayMs`. @returns what {@link clear} takes. */
  set(_name: string, delayMs: number, work: () => void): NodeJS.Timeout {
    const timer = setTimeout(() => {
      this.clear(timer);
      work();
    }, delayMs);
    this.running.add(timer);
    return timer;
  }

  /** Ends a timer; one that has ended, or never was, is left alone. */
  clear(timer: NodeJS.Timeout | undefined): void {
    if (timer === undefined || !this.running.delete(timer)) return;
    clearTimeout(timer);
    if (this.running.size === 0) for (const resolve of this.onIdle.splice(0)) resolve();
  }

  clearAll(): void {
    for (const timer of this.running) this.clear(timer);
  }

  /** Resolves when none is running. */
  async whenIdle(): Promise<void> {
    if (this.running.size > 0) await new Promise<void>((resolve) => this.onIdle.push(resolve));
  }
}
