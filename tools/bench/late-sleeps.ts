import { setTimeout as delay } from 'node:timers/promises';
import { percentile } from './percentile';

/** How late the machine, with nothing else to do, wakes a process that sleeps: whatever waits for an answer sleeps. */
export class LateSleeps {
  private readonly lateMs: number[] = [];

  /** Sleeps, and notes for how much longer than it was asked to. */
  async sleep(ms: number, signal: AbortSignal): Promise<void> {
    const startMs = performance.now();
    await delay(ms, undefined, { signal });
    this.lateMs.push(performance.now() - startMs - ms);
  }

  describe(): string {
    const ms = (share: number) => `${percentile(this.lateMs, share).toFixed(2)} ms`;
    return `late by p50 ${ms(0.5)}, p99 ${ms(0.99)}, at most ${ms(1)}`;
  }
}
