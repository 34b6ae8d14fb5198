import { Injectable } from '@nestjs/common';
import { Clock } from '@budget-buddy/platform';
import { isOpen, type OpenTask, OpenTasks, TaskLedger, type TaskRecord, TaskTimers } from '@budget-buddy/tasks';
import { VirtualClock } from './virtual-clock';
import { waitFor } from './wait-for';

/** Lets virtual time pass: the tasks that become due run for real, in a real worker, one after the other. */
@Injectable()
export class DueTasks {
  constructor(
    private readonly tasks: OpenTasks,
    private readonly ledger: TaskLedger,
    private readonly timers: TaskTimers,
    private readonly clock: Clock,
  ) {}

  /**
   * Moves the clock on to the time when the next open task is due, has its timer fire, and waits for what comes of it.
   * @returns the task as it is then (settled, or waiting for its retry); undefined when nothing is open.
   */
  async runNext(): Promise<TaskRecord | undefined> {
    const [next] = (await this.tasks.page(undefined, undefined, 1)).tasks;
    if (!next) return undefined;
    if (!(this.clock instanceof VirtualClock)) throw new Error('DueTasks needs a VirtualClock as Clock');
    this.clock.advanceTo(next.dueAt);
    await this.fire(next);
    return waitFor(async () => this.changed(next), { description: `task ${next.key} to run` });
  }

  private async fire(task: OpenTask): Promise<void> {
    const timer = await waitFor(() => this.timers.find(task), { description: `the timer of task ${task.key}` });
    if (await timer.isDelayed()) await timer.promote();
  }

  private async changed(before: OpenTask): Promise<TaskRecord | undefined> {
    const now = await this.ledger.find(before.key);
    const ran = now && (!isOpen(now) || !now.dueAt.equals(before.dueAt) || now.revision !== before.revision);
    return ran ? now : undefined;
  }
}
