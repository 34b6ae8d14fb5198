import { Injectable } from '@nestjs/common';
import { Clock, DatabaseUnavailableError } from '@budget-buddy/platform';
import type { Queue } from 'bull';
import type { OpenTask } from '../ledger/open-task';
import { TasksConfiguration } from '../tasks-configuration';
import { TaskQueues } from '../timers/task-queues';
import { TimersUnavailableError } from '../timers/task-timers';
import type { ReconciliationRun } from './reconciliation-run';
import { judgeTimerOf } from './timer-judgement';
import { TimerMender } from './timer-mender';
import { readTimerStates, type TimerState } from './timer-state';

/** Timers that are set at the same time: enough to fill the connection, few enough for others to get in between. */
const SET_AT_A_TIME = 100;

/** A task counts as stuck when nobody took it up for so many times the time after which a lost worker is noticed. */
const STUCK_AFTER_STALLS = 3;

type Wrong = { readonly task: OpenTask; readonly found: TimerState };

/** Compares some open tasks with their timers, and has mended what differs. */
@Injectable()
export class TimerComparison {
  private readonly declared: ReadonlySet<string>;

  constructor(
    private readonly queues: TaskQueues,
    private readonly mender: TimerMender,
    private readonly clock: Clock,
    private readonly configuration: TasksConfiguration,
  ) {
    this.declared = new Set(queues.all.map(({ name }) => name));
  }

  async compare(tasks: readonly OpenTask[], run: ReconciliationRun): Promise<void> {
    run.findings.stranded += tasks.filter(({ queue }) => !this.declared.has(queue)).length;
    for (const queue of this.queues.all) {
      const own = tasks.filter((task) => task.queue === queue.name);
      if (own.length > 0) await this.compareIn(queue, own, run);
    }
  }

  private async compareIn(queue: Queue, tasks: readonly OpenTask[], run: ReconciliationRun): Promise<void> {
    const states = await readTimerStates(queue, tasks);
    run.findings.compared += tasks.length;
    const wrong = this.judge(tasks, states);
    await this.setAll(wrong.missing, run, (task) => (run.hasJustEntered(task) ? 'entered' : 'missing'));
    await this.setAll(wrong.drifted, run, () => 'drifted');
    await this.replaceAll(wrong.stuck, run);
  }

  private judge(tasks: readonly OpenTask[], states: readonly TimerState[]) {
    const wrong: Record<'missing' | 'drifted' | 'stuck', Wrong[]> = { missing: [], drifted: [], stuck: [] };
    const now = this.clock.now();
    const stuckAfterMs = this.configuration.stalledAfter.total('milliseconds') * STUCK_AFTER_STALLS;
    tasks.forEach((task, index) => {
      const found = states[index]!;
      const fault = judgeTimerOf(task, found, now, stuckAfterMs);
      if (fault) wrong[fault].push({ task, found });
    });
    return wrong;
  }

  private async setAll(
    wrong: readonly Wrong[],
    run: ReconciliationRun,
    asWhat: (task: OpenTask) => 'missing' | 'entered' | 'drifted',
  ): Promise<void> {
    for (let from = 0; from < wrong.length; from += SET_AT_A_TIME) {
      await run.pace.step();
      const some = wrong.slice(from, from + SET_AT_A_TIME);
      await Promise.all(
        some.map(({ task, found }) =>
          mendOne(task, run, async () => {
            await this.mender.set(task, found);
            run.findings[asWhat(task)] += 1;
          }),
        ),
      );
    }
  }

  /** One at a time: each needs a connection to PostgreSQL, of which those that run tasks need most. */
  private async replaceAll(wrong: readonly Wrong[], run: ReconciliationRun): Promise<void> {
    for (const { task } of wrong) {
      await run.pace.step();
      await mendOne(task, run, async () => {
        if (await this.mender.replace(task)) run.findings.stuck += 1;
      });
    }
  }
}

/** What is wrong with one task alone does not keep the others from being mended. */
async function mendOne(task: OpenTask, run: ReconciliationRun, mend: () => Promise<void>): Promise<void> {
  try {
    await mend();
  } catch (error) {
    if (error instanceof TimersUnavailableError || error instanceof DatabaseUnavailableError) throw error;
    run.tellUnmended(task, error);
  }
}
