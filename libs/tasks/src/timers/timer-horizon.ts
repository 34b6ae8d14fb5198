import { Injectable } from '@nestjs/common';
import { Clock } from '@budget-buddy/platform';
import type { Temporal } from 'temporal-polyfill';
import { TasksConfiguration } from '../tasks-configuration';

/**
 * How far ahead timers are set. A task that is due beyond waits in the ledger alone, and the reconciler gives it its
 * timer in time: the memory of Redis is bounded by the horizon, not by the number of tasks.
 */
@Injectable()
export class TimerHorizon {
  constructor(
    private readonly configuration: TasksConfiguration,
    private readonly clock: Clock,
  ) {}

  /** Until when timers are set, as of now; undefined: without limit. */
  edge(): Temporal.Instant | undefined {
    const { timerHorizon } = this.configuration;
    // An instant has no days to add.
    return timerHorizon && this.clock.now().add({ milliseconds: timerHorizon.total('milliseconds') });
  }

  includes(dueAt: Temporal.Instant): boolean {
    const edge = this.edge();
    return edge === undefined || dueAt.epochMilliseconds <= edge.epochMilliseconds;
  }
}
