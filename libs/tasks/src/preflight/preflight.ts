import { setTimeout as delay } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { errorLine } from '@budget-buddy/platform';
import { type OpenPayload, OpenPayloads } from '../ledger/open-payloads';
import { decodePayload } from '../task/task-payload';
import { TaskRegistry } from '../task/task-registry';
import { UnreadableTaskError } from '../task/unreadable-task-error';
import { PreflightReport } from './preflight-report';

/** Tasks that are read in one go. What is in memory at a time is this many payloads and the report. */
const PAGE = 1000;

/** How a {@link Preflight} is run. */
export interface PreflightOptions {
  /** Stops it after the page that is being read. */
  readonly signal?: AbortSignal;
  /** Told after each page how many have been read. */
  readonly onProgress?: (read: number) => void;
  /** How long to rest after each page, as a share of the time it took. Default 0. */
  readonly restShare?: number;
}

/**
 * Reads every open task's payload with this build's classes, as they would be read when the task is due: in one pass, page
 * by page, the one that is due first at first. Changes nothing.
 */
@Injectable()
export class Preflight {
  constructor(
    private readonly payloads: OpenPayloads,
    private readonly registry: TaskRegistry,
  ) {}

  /** @throws DatabaseUnavailableError */
  async run({ signal, onProgress, restShare = 0 }: PreflightOptions = {}): Promise<PreflightReport> {
    const report = new PreflightReport();
    let read = 0;
    let last: OpenPayload | undefined;
    do {
      const startedMs = performance.now();
      const page: OpenPayload[] = await this.payloads.page(last, PAGE);
      for (const task of page) report.add({ ...this.identify(task), ...this.judge(task) });
      onProgress?.((read += page.length));
      last = page.length === PAGE ? page.at(-1) : undefined;
      if (last && restShare > 0) await delay((performance.now() - startedMs) * restShare);
    } while (last && !signal?.aborted);
    return report;
  }

  /** One that was renamed is counted under the name it has now. */
  private identify({ key, name, payloadVersion: version }: OpenPayload) {
    const known = this.registry.has(name);
    return { key, known, version, task: known ? this.registry.named(name).name : name };
  }

  private judge(task: OpenPayload): { why?: string } {
    try {
      decodePayload(this.registry.named(task.name).type, task);
      return {};
    } catch (error) {
      if (error instanceof UnreadableTaskError) return { why: errorLine(error) };
      throw error;
    }
  }
}
