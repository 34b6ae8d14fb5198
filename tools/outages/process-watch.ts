import type { SupervisedApp } from '../faults/supervised-app';
import type { Span } from '../faults/fault-windows';

interface Sample {
  readonly app: string;
  readonly atMs: number;
  /** Resident, in bytes. */
  readonly memory: number;
  /** Log lines so far; those of level warn and above. */
  readonly lines: number;
  readonly trouble: number;
}

/** What the apps' processes needed in a span of time; of the one that needed most. */
export interface ProcessUse {
  /** Resident memory at most, and how much more than when the span began, in bytes. */
  readonly peakMemory: number;
  readonly growth: number;
  /** Lines of level warn and above: in one second at most, and in all. */
  readonly peakTrouble: number;
  readonly trouble: number;
  /** Log lines of all levels, as before. */
  readonly peakLines: number;
}

const EVERY_MS = 1_000;

/** Looks at the apps' memory and at how much they log, once a second. */
export class ProcessWatch {
  private readonly samples: Sample[] = [];
  private readonly timer: NodeJS.Timeout;

  constructor(private readonly apps: readonly SupervisedApp[]) {
    this.timer = setInterval(() => void this.sample(), EVERY_MS);
  }

  stop(): void {
    clearInterval(this.timer);
  }

  use({ fromMs, toMs }: Span): ProcessUse {
    const uses = this.apps.map(({ name }) => {
      const inSpan = this.samples.filter(({ app, atMs }) => app === name && atMs >= fromMs - EVERY_MS && atMs <= toMs);
      return useOf(inSpan);
    });
    const most = (property: keyof ProcessUse) => Math.max(...uses.map((use) => use[property]));
    return {
      peakMemory: most('peakMemory'),
      growth: most('growth'),
      peakTrouble: most('peakTrouble'),
      trouble: most('trouble'),
      peakLines: most('peakLines'),
    };
  }

  private async sample(): Promise<void> {
    for (const app of this.apps) {
      const memory = await app.memory();
      const { lines, warn, error } = app.log.counts;
      if (memory > 0) this.samples.push({ app: app.name, atMs: Date.now(), memory, lines, trouble: warn + error });
    }
  }
}

function useOf(samples: readonly Sample[]): ProcessUse {
  const [first, last] = [samples[0], samples.at(-1)];
  if (!first || !last) return { peakMemory: 0, growth: 0, peakTrouble: 0, trouble: 0, peakLines: 0 };
  const peakMemory = Math.max(...samples.map(({ memory }) => memory));
  const perSecond = (property: 'lines' | 'trouble') =>
    samples.slice(1).map((sample, index) => rate(samples[index]!, sample, property));
  return {
    peakMemory,
    growth: peakMemory - first.memory,
    peakTrouble: Math.max(0, ...perSecond('trouble')),
    trouble: last.trouble - first.trouble,
    peakLines: Math.max(0, ...perSecond('lines')),
  };
}

function rate(from: Sample, to: Sample, property: 'lines' | 'trouble'): number {
  const seconds = (to.atMs - from.atMs) / 1_000;
  return seconds > 0 ? (to[property] - from[property]) / seconds : 0;
}
