/** Levels of the apps' log lines that count as trouble. */
const TROUBLE = ['warn', 'error'] as const;

/** Reads along what an app logs: counts, and keeps what a healthy app never writes. */
export class LogWatch {
  /** Lines that are no log lines (a crash of Node's own), and fatal ones. */
  readonly alarms: string[] = [];
  readonly counts = { lines: 0, warn: 0, error: 0 };
  /** The most lines of trouble in any second. */
  peakTroublePerSecond = 0;
  private second = 0;
  private inSecond = 0;

  read(line: string): void {
    this.counts.lines += 1;
    const level = levelOf(line);
    if (level === undefined || level === 'fatal') this.alarms.push(line);
    const trouble = TROUBLE.find((name) => name === level);
    if (!trouble) return;
    this.counts[trouble] += 1;
    this.countInSecond();
  }

  private countInSecond(): void {
    const second = Math.floor(performance.now() / 1000);
    this.inSecond = second === this.second ? this.inSecond + 1 : 1;
    this.second = second;
    this.peakTroublePerSecond = Math.max(this.peakTroublePerSecond, this.inSecond);
  }
}

function levelOf(line: string): string | undefined {
  try {
    return String((JSON.parse(line) as { level?: unknown }).level);
  } catch {
    return undefined;
  }
}
