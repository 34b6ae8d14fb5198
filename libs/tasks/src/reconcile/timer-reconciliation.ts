import { Injectable } from '@nestjs/common';
import { setTimeout as delay } from 'node:timers/promises';
import { Clock } from '@budget-buddy/platform';
import type { Queue } from 'bull';
import type { OpenTask } from '../ledger/open-task';
import { TaskLedger } from '../ledger/task-ledger';
import { TasksConfiguration } from '../tasks-configuration';
import { TaskQueues } from '../timers/task-queues';
import { ExtraTimers } from './extra-timers';
import { type Findings, nothingFound, type ReconciliationScope } from './reconciliation';
import { judgeTimerOf } from './timer-judgement';
import { TimerMender } from './timer-mender';
import { readTimerStates, type TimerState } from './timer-state';

/** Tasks that are compared in one go: one query, and one round trip to Redis a queue. */
const PAGE = 1000;

/** How far ahead of its due time a task is compared often, in ms. */
const SOON_MS = 60_000;

/** Live traffic gets at least as much of the servers as the comparison. */
const REST_SHARE = 1;

/** A task counts as stuck when nobody took it up for so many times the time after which a lost worker is noticed. */
const STUCK_AFTER_STALLS = 3;

/** Compares the ledger with the timers, page by page in the order of the due times, and has mended what differs. */
@Injectable()
export class TimerReconciliation {
  constructor(
    private readonly ledger: TaskLedger,
    private readonly queues: TaskQueues,
    private readonly mender: TimerMender,
    private readonly extras: ExtraTimers,
    private readonly clock: Clock,
    private readonly configuration: TasksConfiguration,
  ) {}

  async run(scope: ReconciliationScope, signal: AbortSignal): Promise<Findings> {
    const findings = nothingFound();
    const until = scope === 'soon' ? this.clock.now().add({ milliseconds: SOON_MS }) : undefined;
    let last: OpenTask | undefined;
    do {
      const startedMs = performance.now();
      const page: OpenTask[] = await this.ledger.openPage(until, last, PAGE);
      await this.compare(page, findings);
      last = page.length === PAGE ? page.at(-1) : undefined;
      if (last) await delay((performance.now() - startedMs) * REST_SHARE);
    } while (last && !signal.aborted);
    for (const queue of this.queues.all) {
      if (!signal.aborted) findings.extra += await this.extras.removeFrom(queue, until?.epochMilliseconds);
    }
    return findings;
  }

  private async compare(page: readonly OpenTask[], findings: Findings): Promise<void> {
    const declared = this.queues.all.map(({ name }) => name);
    findings.stranded += page.filter(({ queue }) => !declared.includes(queue)).length;
    await Promise.all(
      this.queues.all.map(async (queue) => {
        const own = page.filter((task) => task.queue === queue.name);
        await this.compareIn(queue, own, findings);
      }),
    );
  }

  private async compareIn(queue: Queue, tasks: readonly OpenTask[], findings: Findings): Promise<void> {
    findings.compared += tasks.length;
    if (tasks.length === 0) return;
    const states = await readTimerStates(queue, tasks);
    await Promise.all(tasks.map((task, index) => this.mendIfNeeded(task, states[index]!, findings)));
  }

  private async mendIfNeeded(task: OpenTask, state: TimerState, findings: Findings): Promise<void> {
    const stuckAfterMs = this.configuration.stalledAfter.total('milliseconds') * STUCK_AFTER_STALLS;
    const fault = judgeTimerOf(task, state, this.clock.now(), stuckAfterMs);
    if (!fault) return;
    await this.mender.mend(task, fault);
    findings[fault] += 1;
  }
}
