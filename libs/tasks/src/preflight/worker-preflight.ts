import { setTimeout as delay } from 'node:timers/promises';
import { Injectable, Logger } from '@nestjs/common';
import { errorLine, Readiness, Shutdown } from '@budget-buddy/platform';
import { RepeatedLines } from '../repeated-lines';
import { TasksConfiguration } from '../tasks-configuration';
import { Preflight } from './preflight';
import type { PreflightReport } from './preflight-report';

/** After an error: PostgreSQL is away, most likely. In ms. */
const BEFORE_RETRY_MS = 1000;

/** Live traffic gets at least as much of PostgreSQL and of this process as reading once more. */
const REST_SHARE = 1;

/**
 * Has a worker read all stored payloads before it takes work, and tells, in its log and its readiness, what it cannot
 * read. While there is such, it looks again from time to time, for somebody may have mended it.
 */
@Injectable()
export class WorkerPreflight {
  private readonly logger = new Logger(WorkerPreflight.name);
  private readonly lines = new RepeatedLines();
  private readonly stopping = new AbortController();
  private passing: Promise<boolean> | undefined;
  private report: PreflightReport | undefined;
  private read = 0;

  constructor(
    private readonly preflight: Preflight,
    private readonly configuration: TasksConfiguration,
    readiness: Readiness,
    shutdown: Shutdown,
  ) {
    readiness.register('payloads', async () => this.state());
    // Nobody waits for it: it changes nothing, and PostgreSQL may be slow to answer.
    shutdown.on('stop-intake', 'preflight', async () => this.stopping.abort());
  }

  /** Resolves when all is read; false: the process ends, and is to take no work. PostgreSQL is waited for. */
  passed(): Promise<boolean> {
    return (this.passing ??= this.pass());
  }

  private async pass(): Promise<boolean> {
    const report = await this.untilRead(0);
    if (!report) return false;
    this.tell(report);
    if (report.unreadable > 0) void this.lookAgain();
    return true;
  }

  private async lookAgain(): Promise<void> {
    for (;;) {
      await this.wait(this.configuration.reconcileAllInterval.total('milliseconds'));
      const report = await this.untilRead(REST_SHARE);
      if (!report) return;
      this.tell(report);
      if (report.unreadable === 0) return;
    }
  }

  /** @returns undefined when the process ends. */
  private async untilRead(restShare: number): Promise<PreflightReport | undefined> {
    const { signal } = this.stopping;
    while (!signal.aborted) {
      try {
        const report = await this.preflight.run({ signal, restShare, onProgress: (read) => (this.read = read) });
        return signal.aborted ? undefined : report;
      } catch (error) {
        if (!signal.aborted) this.warn(errorLine(error));
        await this.wait(BEFORE_RETRY_MS);
      }
    }
    return undefined;
  }

  private warn(error: string): void {
    this.lines.say(error, (more) =>
      this.logger.warn({ error, ...more }, 'stored payloads could not be read, will try until they can'),
    );
  }

  private tell(report: PreflightReport): void {
    this.report = report;
    for (const { task, version, open, unreadable, examples } of report.groups) {
      if (unreadable === 0) continue;
      this.logger.error(
        { task, version, open, unreadable, examples },
        'open tasks cannot be read by this build: they wait for one that can, or for their rows to be mended',
      );
    }
    if (report.unreadable === 0) this.logger.log({ open: report.open }, 'all stored payloads can be read');
  }

  private state(): string | undefined {
    const { report } = this;
    if (!report) throw new Error(`stored payloads are being read, ${this.read} so far; no task is taken before`);
    if (report.unreadable === 0) return undefined;
    const what = `${report.unreadable} of ${report.open} open tasks cannot be read by this build, and wait`;
    const [none] = report.whollyUnreadable;
    if (none) throw new Error(`${what}: no ${none} can be read at all`);
    return what;
  }

  /** Ends early, without an error, when the process does. */
  private async wait(ms: number): Promise<void> {
    await delay(ms, undefined, { signal: this.stopping.signal }).catch(() => undefined);
  }
}
