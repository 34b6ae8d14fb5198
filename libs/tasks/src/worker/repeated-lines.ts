/** Kinds of lines that are remembered; what somebody makes up by hand must not fill the memory. */
const MOST_KINDS = 1000;

interface Said {
  atMs: number;
  unsaid: number;
}

/** Has a line that would be the same over and over said now and then, with how many were left out. */
export class RepeatedLines {
  private readonly said = new Map<string, Said>();

  /** @param intervalMs the time between two lines of a kind. */
  constructor(private readonly intervalMs: number) {}

  /** @returns how many of this kind were left out since the last one said; undefined: leave this one out too. */
  next(kind: string, nowMs = performance.now()): number | undefined {
    const last = this.said.get(kind);
    if (last && nowMs - last.atMs < this.intervalMs) {
      last.unsaid += 1;
      return undefined;
    }
    if (!last && this.said.size >= MOST_KINDS) this.said.clear();
    this.said.set(kind, { atMs: nowMs, unsaid: 0 });
    return last?.unsaid ?? 0;
  }
}
