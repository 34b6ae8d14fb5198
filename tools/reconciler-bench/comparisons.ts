import type { Findings } from '@budget-buddy/tasks';
import { once, EventEmitter } from 'node:events';

/** A comparison of all timers, as the worker tells of it. */
export type Comparison = Findings & { readonly durationMs: number };

/** Listens to a worker's log for the comparisons of all timers. */
export class Comparisons {
  private readonly told = new EventEmitter();

  /** For {@link AppProcess}' `onLine`. */
  readonly read = (line: string): void => {
    if (!line.includes('all timers were compared with the ledger')) return;
    this.told.emit('comparison', JSON.parse(line) as Comparison);
  };

  /** The next one to come to its end. */
  async next(signal: AbortSignal): Promise<Comparison> {
    const [comparison] = (await once(this.told, 'comparison', { signal })) as [Comparison];
    return comparison;
  }
}
