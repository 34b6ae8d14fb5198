/** Long enough not to fill the log in an outage, short enough that whoever looks finds out, in ms. */
const INTERVAL_MS = 30_000;
/** Kinds of lines that are remembered; what somebody makes up by hand must not fill the memory. */
const MOST_KINDS = 1000;

interface Said {
  atMs: number;
  unsaid: number;
}

/** What a line has to say beyond itself: how many of its kind were left out since the last one, if any were. */
export interface More {
  readonly sinceLastLine?: number;
}

/**
 * Has a line that would be the same over and over said now and then, with how many were left out: in an outage every
 * task that is due meets the same error.
 */
export class RepeatedLines {
  private readonly said = new Map<string, Said>();

  /** @param intervalMs the time between two lines of a kind. */
  constructor(private readonly intervalMs = INTERVAL_MS) {}

  /** Has `line` said, unless one of this kind was said a short while ago: then it is counted. */
  say(kind: string, line: (more: More) => void, nowMs = performance.now()): void {
    const last = this.said.get(kind);
    if (last && nowMs - last.atMs < this.intervalMs) {
      last.unsaid += 1;
      return;
    }
    if (!last && this.said.size >= MOST_KINDS) this.said.clear();
    this.said.set(kind, { atMs: nowMs, unsaid: 0 });
    line(last?.unsaid ? { sinceLastLine: last.unsaid } : {});
  }
}
