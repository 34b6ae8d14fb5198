import { Injectable } from '@nestjs/common';
import { Clock } from '@budget-buddy/platform';
import type { Temporal } from 'temporal-polyfill';
import { OpenTasks, type Place, UNREADABLE_FROM } from '../ledger/open-tasks';
import { soonMs, TasksConfiguration } from '../tasks-configuration';
import { TaskQueues } from '../timers/task-queues';
import { TimerHorizon } from '../timers/timer-horizon';
import { ExtraTimers } from './extra-timers';
import { Pace } from './pace';
import type { Findings, ReconciliationScope } from './reconciliation';
import { ReconciliationRun } from './reconciliation-run';
import { TimerComparison } from './timer-comparison';

/** Tasks that are compared in one go: one query, and two commands to Redis a queue. */
const PAGE = 1000;

/** Live traffic gets at least as much of the servers as the comparison. */
const REST_SHARE = 1;

/** The clocks of those that set timers differ by no more, in ms: what one has just set, another does not take away. */
const CLOCKS_DIFFER_MS = 60_000;

/** How a reconciliation goes on. */
export interface ReconciliationOptions {
  /** Throws when the reconciliation has to end; asked before each step. */
  readonly mayGoOn?: () => void;
  /** The due time until which all tasks had been given their timers before; null: without limit. */
  readonly timersUntil?: Temporal.Instant | null;
}

/** Compares the ledger with the timers, page by page in the order of the due times, and has mended what differs. */
@Injectable()
export class TimerReconciliation {
  constructor(
    private readonly tasks: OpenTasks,
    private readonly queues: TaskQueues,
    private readonly comparison: TimerComparison,
    private readonly extras: ExtraTimers,
    private readonly horizon: TimerHorizon,
    private readonly clock: Clock,
    private readonly configuration: TasksConfiguration,
  ) {}

  /** Begins nothing yet: what is found can be read of the run while it goes on, and when it fails. */
  prepare({ mayGoOn = () => undefined, timersUntil = null }: ReconciliationOptions = {}): ReconciliationRun {
    return new ReconciliationRun(new Pace(mayGoOn, REST_SHARE), timersUntil);
  }

  /** @throws when a server is away, or the run may not go on; what was mended until then stays mended. */
  async run(scope: ReconciliationScope, run = this.prepare()): Promise<Findings> {
    await (scope === 'soon' ? this.compareSoon(run) : this.compareAll(run));
    return run.findings;
  }

  private async compareSoon(run: ReconciliationRun): Promise<void> {
    const until = earlier(this.clock.now().add({ milliseconds: soonMs(this.configuration) }), this.horizon.edge());
    await this.compareUntil(until, run);
    for (const queue of this.queues.all) {
      run.findings.extra += await this.extras.removeUnwanted(queue, until.epochMilliseconds, run.pace);
    }
  }

  private async compareAll(run: ReconciliationRun): Promise<void> {
    const edge = this.horizon.edge();
    await this.compareUntil(edge, run, { betweenPages: this.soonNowAndThen(run) });
    // No horizon will ever reach them.
    if (edge) await this.compareUntil(undefined, run, { after: UNREADABLE_FROM });
    for (const queue of this.queues.all) {
      const latestMs = edge && edge.epochMilliseconds + CLOCKS_DIFFER_MS;
      if (latestMs) run.findings.beyond += await this.extras.removeBeyond(queue, latestMs, run.pace);
      run.findings.extra += await this.extras.removeUnwanted(queue, undefined, run.pace);
    }
  }

  private async compareUntil(
    until: Temporal.Instant | undefined,
    run: ReconciliationRun,
    { after, betweenPages }: { after?: Place; betweenPages?: () => Promise<void> } = {},
  ): Promise<void> {
    let place = after;
    do {
      await run.pace.step();
      const page = await this.tasks.page(until, place, PAGE);
      for (const task of page.unreadable) run.tellUnreadable(task);
      await this.comparison.compare(page.tasks, run);
      await betweenPages?.();
      place = page.next;
    } while (place);
  }

  /** While all are compared, which takes minutes, what is due soon is not to be late. */
  private soonNowAndThen(run: ReconciliationRun): () => Promise<void> {
    const intervalMs = this.configuration.reconcileInterval.total('milliseconds');
    let lastMs = performance.now();
    return async () => {
      if (performance.now() - lastMs < intervalMs) return;
      const { compared, stranded, unreadable } = run.findings;
      await this.compareSoon(run);
      // Each is counted once, however often it is looked at.
      Object.assign(run.findings, { compared, stranded, unreadable });
      lastMs = performance.now();
    };
  }
}

function earlier(one: Temporal.Instant, other: Temporal.Instant | undefined): Temporal.Instant {
  return other && other.epochMilliseconds < one.epochMilliseconds ? other : one;
}
